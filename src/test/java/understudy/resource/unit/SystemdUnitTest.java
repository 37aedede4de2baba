package understudy.resource.unit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.ResourceConfig;
import understudy.failover.NodeName;
import understudy.linux.BootTime;
import understudy.resource.Condition;
import understudy.resource.Eventually;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.resource.Resource;
import understudy.resource.ResourceContract;
import understudy.resource.command.Surroundings;
import understudy.time.Clock;
import understudy.time.Moment;

/** Real units under a real systemd. */
class SystemdUnitTest implements ResourceContract {
  private static final Clock CLOCK = new BootTime();
  private static final Duration MANDATE = Duration.ofSeconds(30);

  @TempDir private static Path units;
  @TempDir private static Path state;
  private static PrivateSystemd systemd;
  private SystemdUnit unit;
  private Moment begun = CLOCK.now();

  @BeforeAll
  static void boot() throws Exception {
    unit("ledger", "ExecStart=/bin/sleep 100");
    unit("failing", "ExecStart=/bin/sh -c 'exit 3'\nType=oneshot");
    unit("hanging", "ExecStart=/bin/sleep 100\nType=oneshot\nTimeoutStartSec=infinity");
    unit(
        "stubborn",
        "ExecStart=/bin/sh -c 'trap \"\" TERM; while :; do sleep 1; done'\n"
            + "TimeoutStopSec=infinity");
    systemd = new PrivateSystemd(units);
  }

  @AfterAll
  static void shutDown() throws Exception {
    if (systemd != null) {
      systemd.close();
    }
  }

  private static void unit(String name, String service) throws Exception {
    Files.writeString(
        units.resolve(name + ".service"),
        "[Unit]\nDefaultDependencies=no\n[Service]\n" + service + "\n");
  }

  private static SystemdUnit resource(String name) {
    return resource(name, systemd.systemctl(), MANDATE);
  }

  private static SystemdUnit resource(String name, List<String> systemctl, Duration mandate) {
    var unit =
        new SystemdUnit(
            new ResourceConfig.Unit(name, name + ".service", Optional.empty()),
            systemctl,
            new Surroundings("test", new NodeName("alpha"), state),
            CLOCK);
    unit.extend(CLOCK.now().plus(mandate));
    return unit;
  }

  @BeforeEach
  void choose() {
    begun = CLOCK.now();
    unit = resource("ledger");
  }

  @AfterEach
  void stop() throws Exception {
    unit.stop(SOON);
  }

  @Override
  public Resource resource() {
    return unit;
  }

  @Test
  void saysWhyAUnitFailed() throws Exception {
    SystemdUnit failing = resource("failing");
    Outcome outcome = failing.start(TERM, SOON);
    assertThat(outcome).isInstanceOf(Outcome.Failed.class);
    assertThat(outcome.sentence()).contains("failed").contains("status=3");
    assertThat(failing.check()).isInstanceOf(Condition.Stopped.class);
    assertThat(failing.check().text()).contains("exit-code");
  }

  @Test
  void givesUpOnAStartThatHangsAndStopsIt() throws Exception {
    SystemdUnit hanging = resource("hanging");
    Outcome outcome = hanging.start(TERM, Duration.ofMillis(500));
    assertThat(outcome.sentence()).contains("killed after 500 ms");
    assertThat(hanging.check()).isInstanceOf(Condition.Sick.class);
    assertThat(hanging.stop(SOON)).isInstanceOf(Outcome.Done.class);
    assertThat(hanging.check()).isInstanceOf(Condition.Stopped.class);
  }

  @Test
  void killsAUnitThatIgnoresItsStop() throws Exception {
    SystemdUnit stubborn = resource("stubborn");
    assertThat(stubborn.start(TERM, SOON).isDone()).isTrue();
    assertThat(stubborn.stop(Duration.ofMillis(500))).isInstanceOf(Outcome.Done.class);
    assertThat(stubborn.check()).isInstanceOf(Condition.Stopped.class);
  }

  @Test
  void isNotReadyWithoutItsUnitFileOrWithoutSystemd() throws Exception {
    assertThat(resource("missing").readiness())
        .singleElement()
        .satisfies(it -> assertThat(it.result()).isEqualTo(Readiness.Result.FAIL))
        .satisfies(it -> assertThat(it.evidence()).contains("not-found"));
    SystemdUnit nowhere = resource("x", List.of("/nowhere/systemctl"), Duration.ofSeconds(2));
    assertThat(nowhere.readiness())
        .singleElement()
        .satisfies(it -> assertThat(it.evidence()).contains("systemd does not answer"));
    assertThat(nowhere.check()).isInstanceOf(Condition.Unknown.class);
    assertThat(nowhere.start(TERM, SOON)).isInstanceOf(Outcome.Failed.class);
    assertThat(nowhere.stop(SOON)).isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void isStoppedBySystemdWhenNobodyRenewsTheMandate() throws Exception {
    SystemdUnit dying = resource("ledger", systemd.systemctl(), Duration.ofSeconds(2));
    assertThat(dying.start(TERM, SOON).isDone()).isTrue();
    dying.release(); // as the death of the daemon does

    Eventually.await(
        "nobody renews it", SOON, () -> resource("ledger").check() instanceof Condition.Stopped);
  }

  @Test
  void goesOnWithTheNextDaemonThatRenewsTheMandate() throws Exception {
    SystemdUnit dying = resource("ledger", systemd.systemctl(), Duration.ofSeconds(3));
    assertThat(dying.start(TERM, SOON).isDone()).isTrue();
    dying.release();

    assertThat(unit.start(TERM, SOON).sentence()).contains("was active already");
    Eventually.await(
        "the former mandate is over",
        SOON,
        () -> CLOCK.now().isAfter(begun.plus(Duration.ofSeconds(4))));
    assertThat(unit.check()).isInstanceOf(Condition.Started.class);
  }

  @Test
  void aGuardianThatWasKilledIsReplaced() throws Exception {
    assertThat(unit.start(TERM, SOON).isDone()).isTrue();
    Path running = state.resolve("services/ledger/running");
    String first = Files.readString(running);
    ProcessHandle guardian =
        ProcessHandle.of(Long.parseLong(first.replaceAll("guardian=(\\d+) .*\\n", "$1")))
            .orElseThrow();
    guardian.destroyForcibly();
    guardian.onExit().join();

    Eventually.await(
        "another guardian",
        SOON,
        () -> {
          unit.extend(CLOCK.now().plus(MANDATE));
          return unit.check() instanceof Condition.Started
              && !Files.readString(running).equals(first);
        });
  }
}
