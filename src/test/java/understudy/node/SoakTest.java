package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import understudy.failover.Designation;
import understudy.failover.Durable;
import understudy.failover.Failover;
import understudy.failover.Heartbeat;
import understudy.failover.Input;
import understudy.failover.NodeName;
import understudy.failover.OnFailure;
import understudy.failover.Policy;
import understudy.failover.Role;
import understudy.failover.Situation;
import understudy.failover.Standing;
import understudy.failover.State;
import understudy.failover.Term;
import understudy.failover.Timing;
import understudy.failover.arbiter.PeerArbiter;
import understudy.time.Moment;

class SoakTest {
  private static final NodeName ALPHA = new NodeName("alpha");
  private static final Moment START = new Moment(0);
  private static final Policy BETA =
      new Policy(
          new NodeName("beta"),
          Designation.SECONDARY,
          Map.of(ALPHA, Designation.PRIMARY),
          new Timing(
              Duration.ofMillis(500),
              4,
              Duration.ofMillis(500),
              Duration.ofSeconds(3),
              Duration.ofMillis(2400),
              Duration.ofSeconds(60),
              Duration.ofSeconds(30),
              Duration.ofSeconds(60),
              Duration.ofHours(1)),
          new PeerArbiter(),
          OnFailure.PROMOTE,
          false,
          Optional.empty(),
          "test");

  private static Moment at(int seconds) {
    return START.plus(Duration.ofSeconds(seconds));
  }

  /** Beta serves, and hears alpha say this at that second. */
  private static State hearing(Role role, boolean ready, int second) {
    State booted = State.booted(BETA, Durable.FRESH, new Standing.NothingToCopy(), at(second));
    var heartbeat =
        new Heartbeat(
            ALPHA,
            Term.NONE,
            role,
            Term.NONE,
            ready,
            true,
            false,
            "",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "test");
    State heard = new Failover(BETA).step(booted, new Input.Heard(at(second), heartbeat)).next();
    var active = new Situation.Active(at(second + 10), false, Optional.empty());
    return new State(heard.durable(), heard.view(), active);
  }

  @Test
  void theRoleGoesBackOnceThePrimaryWasWellForTheSoakTime() {
    var soak = new Soak(() -> Optional.of(Duration.ofSeconds(10)));

    assertThat(soak.isOver(BETA, hearing(Role.STANDBY, true, 0), at(0))).isFalse();
    assertThat(soak.isOver(BETA, hearing(Role.STANDBY, true, 9), at(9))).isFalse();
    assertThat(soak.isOver(BETA, hearing(Role.STANDBY, true, 10), at(10))).isTrue();
  }

  @Test
  void aMomentOfBadHealthBeginsTheSoakAnew() {
    var soak = new Soak(() -> Optional.of(Duration.ofSeconds(10)));

    assertThat(soak.isOver(BETA, hearing(Role.STANDBY, true, 0), at(0))).isFalse();
    assertThat(soak.isOver(BETA, hearing(Role.STANDBY, false, 9), at(9))).isFalse();
    assertThat(soak.isOver(BETA, hearing(Role.STANDBY, true, 10), at(10))).isFalse();
    assertThat(soak.isOver(BETA, hearing(Role.STANDBY, true, 20), at(20))).isTrue();
  }

  @Test
  void byHandMeansNeverByItself() {
    var soak = new Soak(Optional::empty);

    assertThat(soak.isOver(BETA, hearing(Role.STANDBY, true, 0), at(0))).isFalse();
    assertThat(soak.isOver(BETA, hearing(Role.STANDBY, true, 100), at(100))).isFalse();
  }
}
