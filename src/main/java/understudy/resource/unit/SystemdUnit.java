package understudy.resource.unit;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.ResourceConfig;
import understudy.failover.Term;
import understudy.resource.Condition;
import understudy.resource.Lapsing;
import understudy.resource.Mandate;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.resource.Resource;
import understudy.resource.command.LastWill;
import understudy.resource.command.Surroundings;
import understudy.resource.probe.HealthCheck;
import understudy.resource.program.Program;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * A systemd unit, started and stopped through {@code systemctl}. A {@link LastWill} stops it when
 * the mandate ends and no daemon is there to do so.
 */
public final class SystemdUnit implements Resource, Lapsing {
  private static final Logger LOG = LoggerFactory.getLogger(SystemdUnit.class);
  private static final Duration LOOK_WITHIN = Duration.ofSeconds(5);
  private static final Duration WILL_WITHIN = Duration.ofSeconds(2);

  /** A unit that does not stop within this when its mandate ended is killed. */
  private static final int STOPS_WITHIN_SECONDS = 10;

  private final ResourceConfig.Unit config;
  private final List<String> systemctl;
  private final Optional<HealthCheck> health;
  private final Mandate mandate;
  private final LastWill will;
  private volatile Optional<Term> term = Optional.empty();

  /**
   * A unit that is not started.
   *
   * @param systemctl the program with leading arguments: {@code systemctl}, or such as {@code
   *     systemctl --user}
   */
  public SystemdUnit(
      ResourceConfig.Unit config, List<String> systemctl, Surroundings surroundings, Clock clock) {
    this.config = config;
    this.systemctl = List.copyOf(systemctl);
    this.health = config.health().map(HealthCheck::new);
    this.mandate = new Mandate(clock);
    this.will = new LastWill(config.name(), surroundings, lastWill(), mandate);
  }

  private String lastWill() {
    String program = String.join(" ", systemctl.stream().map(SystemdUnit::quoted).toList());
    String unit = quoted(config.unit());
    return """
        # Nobody renewed the mandate under which %1$s was started.
        timeout %2$d %3$s stop -- %1$s || %3$s kill --signal=KILL -- %1$s
        """
        .formatted(unit, STOPS_WITHIN_SECONDS, program);
  }

  private static String quoted(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public Outcome start(Term term, Duration within) throws InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    if (!mandate.isValid()) {
      return new Outcome.Failed(
          config.unit() + ": there is no valid mandate", "nothing: the node starts it when it may");
    }
    try {
      this.term = Optional.of(term);
      will.make(term, within);
    } catch (IOException failed) {
      return new Outcome.Failed(
          config.unit() + ": nobody would stop it if this daemon died: " + failed.getMessage(),
          "see the state directory's rights and room");
    }
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
      return stopped(config.unit() + " is " + before.get().text());
    }
    Program.Result result = systemctl(within, "stop", "--", config.unit());
    if (result instanceof Program.Result.TimedOut) {
      systemctl(LOOK_WITHIN, "kill", "--signal=KILL", "--", config.unit());
    }
    Optional<Look> after = look();
    return after.filter(Look::isGone).isPresent()
        ? stopped(config.unit() + " stopped")
        : failed("systemctl stop " + result.text() + after.map(it -> "; " + it.text()).orElse(""));
  }

  private Outcome stopped(String evidence) throws InterruptedException {
    term = Optional.empty();
    try {
      will.revoke(WILL_WITHIN);
    } catch (IOException failed) {
      // It would stop once more what is stopped.
      LOG.warn("{}: {}", config.unit(), failed.getMessage());
    }
    return new Outcome.Done(evidence);
  }

  @Override
  public void extend(Moment until) {
    will.extend(until);
  }

  /** Somebody ended the guardian of a unit that runs. */
  private void standGuardAgain() throws InterruptedException {
    if (term.isPresent() && !will.stands() && mandate.isValid()) {
      try {
        will.make(term.get(), WILL_WITHIN);
      } catch (IOException failed) {
        LOG.warn("{}: nobody stops it if this daemon dies: {}", config.unit(), failed.getMessage());
      }
    }
  }

  @Override
  public Condition check() throws InterruptedException {
    standGuardAgain();
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
  public void release() {
    will.release();
  }

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
