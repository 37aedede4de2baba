package understudy.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.failover.Role;
import understudy.failover.Term;
import understudy.wire.HeartbeatBytes.Spoken;

class OrderTest {
  private static Spoken spoken(long life, long sequence) {
    var heartbeat =
        new Heartbeat(
            new NodeName("alpha"),
            Term.NONE,
            Role.STANDBY,
            Term.NONE,
            true,
            true,
            false,
            "",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "test");
    return new Spoken(heartbeat, life, sequence, Instant.EPOCH, "");
  }

  @Test
  void whatWasOvertakenOnAnotherPathIsOld() {
    var order = new Order();

    assertThat(order.isNew(spoken(1, 1))).isTrue();
    assertThat(order.isNew(spoken(1, 3))).isTrue();
    assertThat(order.isNew(spoken(1, 2))).isFalse();
    assertThat(order.isNew(spoken(1, 3))).isFalse();
    assertThat(order.isNew(spoken(1, 4))).isTrue();
  }

  @Test
  void aFormerLifeIsOldHoweverHighItHadCounted() {
    var order = new Order();

    assertThat(order.isNew(spoken(1, 1_000))).isTrue();
    assertThat(order.isNew(spoken(2, 1))).isTrue();
    assertThat(order.isNew(spoken(1, 1_001))).isFalse();
    assertThat(order.isNew(spoken(2, 2))).isTrue();
  }
}
