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
import understudy.resource.Condition;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.resource.Resource;
import understudy.resource.ResourceContract;

/** Real units under a real systemd. */
class SystemdUnitTest implements ResourceContract {
  @TempDir private static Path units;
  private static PrivateSystemd systemd;
  private SystemdUnit unit;

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
    return new SystemdUnit(
        new ResourceConfig.Unit(name, name + ".service", Optional.empty()), systemd.systemctl());
  }

  @BeforeEach
  void choose() {
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
    SystemdUnit nowhere =
        new SystemdUnit(
            new ResourceConfig.Unit("x", "x.service", Optional.empty()),
            List.of("/nowhere/systemctl"));
    assertThat(nowhere.readiness())
        .singleElement()
        .satisfies(it -> assertThat(it.evidence()).contains("systemd does not answer"));
    assertThat(nowhere.check()).isInstanceOf(Condition.Unknown.class);
    assertThat(nowhere.start(TERM, SOON)).isInstanceOf(Outcome.Failed.class);
    assertThat(nowhere.stop(SOON)).isInstanceOf(Outcome.Failed.class);
  }
}
