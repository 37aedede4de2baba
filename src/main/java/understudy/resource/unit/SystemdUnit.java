package understudy.resource.unit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import understudy.config.ResourceConfig;
import understudy.failover.Term;
import understudy.resource.Condition;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.resource.Resource;
import understudy.resource.probe.HealthCheck;
import understudy.resource.program.Program;

/** A systemd unit, started and stopped through {@code systemctl}. */
public final class SystemdUnit implements Resource {
  private static final Duration LOOK_WITHIN = Duration.ofSeconds(5);

  private final ResourceConfig.Unit config;
  private final List<String> systemctl;
  private final Optional<HealthCheck> health;

  /**
   * @param systemctl the program with leading arguments: {@code systemctl}, or such as {@code
   *     systemctl --user}
   */
  public SystemdUnit(ResourceConfig.Unit config, List<String> systemctl) {
    this.config = config;
    this.systemctl = List.copyOf(systemctl);
    this.health = config.health().map(HealthCheck::new);
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public Outcome start(Term term, Duration within) throws InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    boolean wasActive = look().filter(Look::isActive).isPresent();
    if (!wasActive) {
      Program.Result result = systemctl(within, "start", "--", config.unit());
      if (!result.isSuccess()) {
        return failed("systemctl start " + result.text());
      }
    }
    if (health.isPresent()) {
      HealthCheck.Finding finding = health.get().awaitWell(deadline, () -> true);
      if (!finding.isWell()) {
        return failed("it runs and is not well: " + finding.evidence());
      }
    }
    Optional<Look> look = look();
    return look.filter(Look::isActive).isPresent()
        ? new Outcome.Done(config.unit() + (wasActive ? " was active already" : " started"))
        : failed(look.map(Look::text).orElse("systemd does not answer"));
  }

  @Override
  public Outcome stop(Duration within) throws InterruptedException {
    Optional<Look> before = look();
    if (before.filter(Look::isGone).isPresent()) {
      return new Outcome.Done(config.unit() + " is " + before.get().text());
    }
    Program.Result result = systemctl(within, "stop", "--", config.unit());
    if (result instanceof Program.Result.TimedOut) {
      systemctl(LOOK_WITHIN, "kill", "--signal=KILL", "--", config.unit());
    }
    Optional<Look> after = look();
    return after.filter(Look::isGone).isPresent()
        ? new Outcome.Done(config.unit() + " stopped")
        : failed("systemctl stop " + result.text() + after.map(it -> "; " + it.text()).orElse(""));
  }

  @Override
  public Condition check() throws InterruptedException {
    Optional<Look> look = look();
    if (look.isEmpty()) {
      return new Condition.Unknown("systemd does not answer");
    }
    if (look.get().isGone()) {
      return new Condition.Stopped(config.unit() + " is " + look.get().text());
    }
    if (!look.get().isActive()) {
      return new Condition.Sick(config.unit() + " is " + look.get().text());
    }
    if (health.isPresent()) {
      HealthCheck.Finding finding = health.get().ask();
      if (!finding.isWell()) {
        return new Condition.Sick(finding.evidence());
      }
    }
    return new Condition.Started(config.unit() + " is " + look.get().text());
  }

  @Override
  public List<Readiness> readiness() throws InterruptedException {
    String name = "unit " + config.unit();
    Program.Result result = show();
    if (!(result instanceof Program.Result.Exited(int code, String output)) || code != 0) {
      return List.of(
          Readiness.fail(
              name,
              "systemd does not answer: systemctl " + result.text(),
              "systemd must run on this machine to start units; without it use 'command:'"));
    }
    Look look = Look.of(output);
    if (!look.isLoaded()) {
      return List.of(
          Readiness.fail(
              name,
              "the unit is " + look.value("LoadState"),
              "install it on this node too ('systemctl cat " + config.unit() + "')"));
    }
    if (look.value("UnitFileState").equals("enabled")) {
      return List.of(
          Readiness.warn(
              name,
              "it is enabled, so it starts at boot also on a standby",
              "systemctl disable " + config.unit()));
    }
    return List.of(Readiness.pass(name, "it is installed, now " + look.text()));
  }

  private Optional<Look> look() throws InterruptedException {
    return show() instanceof Program.Result.Exited(int code, String output) && code == 0
        ? Optional.of(Look.of(output))
        : Optional.empty();
  }

  private Program.Result show() throws InterruptedException {
    return systemctl(
        LOOK_WITHIN,
        "show",
        "--property=LoadState,ActiveState,SubState,Result,UnitFileState",
        "--",
        config.unit());
  }

  private Program.Result systemctl(Duration within, String... arguments)
      throws InterruptedException {
    List<String> line = new ArrayList<>(systemctl);
    line.addAll(List.of(arguments));
    return Program.of(line).run(within);
  }

  private Outcome failed(String reason) throws InterruptedException {
    Program.Result status =
        systemctl(LOOK_WITHIN, "status", "--no-pager", "--lines=5", "--", config.unit());
    return new Outcome.Failed(
        config.unit() + ": " + reason + "; status " + status.text(),
        "see 'journalctl -u " + config.unit() + "'");
  }

  @Override
  public void release() {}

  /** What systemd says about the unit. */
  private record Look(Map<String, String> properties) {
    static Look of(String output) {
      Map<String, String> properties = new HashMap<>();
      output
          .lines()
          .filter(line -> line.contains("="))
          .forEach(
              line ->
                  properties.put(
                      line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1)));
      return new Look(properties);
    }

    String value(String property) {
      return properties.getOrDefault(property, "");
    }

    boolean isLoaded() {
      return value("LoadState").equals("loaded");
    }

    boolean isActive() {
      return value("ActiveState").equals("active");
    }

    /** Nothing of it runs: also after it failed. */
    boolean isGone() {
      return value("ActiveState").equals("inactive") || value("ActiveState").equals("failed");
    }

    String text() {
      String result = value("Result");
      return value("ActiveState")
          + " ("
          + value("SubState")
          + (result.isEmpty() || result.equals("success") ? "" : ", " + result)
          + ")";
    }
  }
}
