package understudy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import understudy.failover.Heartbeat;
import understudy.failover.Heartbeat.Handover;
import understudy.failover.Heartbeat.Progress;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.NodeName;
import understudy.failover.Role;
import understudy.failover.Term;
import understudy.wire.HeartbeatBytes.Spoken;

class HeartbeatBytesTest {
  private static final Spoken RICH =
      new Spoken(
          new Heartbeat(
              new NodeName("alpha"),
              new Term(9),
              Role.STOPPING,
              new Term(8),
              true,
              false,
              true,
              "files=0123456789abcdef",
              Optional.of(Duration.ofMillis(1234)),
              Optional.of(new Handover(77, new NodeName("beta"), Stage.FINAL, new Term(9))),
              Optional.of(new Progress(76, Stage.PREPARE, true, false, "head")),
              Optional.of(new Term(4)),
              "0.1.0"),
          -77,
          12,
          Instant.ofEpochMilli(1_795_000_000_123L),
          "c0ffee",
          Optional.of(new NodeName("beta")));

  private static final Spoken BARE =
      new Spoken(
          new Heartbeat(
              new NodeName("b"),
              Term.NONE,
              Role.STANDBY,
              Term.NONE,
              false,
              true,
              false,
              "",
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              "0.1.0"),
          1,
          1,
          Instant.EPOCH,
          "");

  @Test
  void whatIsWrittenIsRead() throws IOException {
    assertThat(HeartbeatBytes.read(HeartbeatBytes.write(RICH))).isEqualTo(RICH);
    assertThat(HeartbeatBytes.read(HeartbeatBytes.write(BARE))).isEqualTo(BARE);
  }

  @Test
  void everyTruncationIsRefused() {
    byte[] whole = HeartbeatBytes.write(RICH);
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> HeartbeatBytes.read(part)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void noNoiseDoesWorseThanBeRefused() {
    var random = new Random(4711);
    byte[] whole = HeartbeatBytes.write(RICH);
    int refused = 0;
    for (int i = 0; i < 100_000; i++) {
      byte[] noisy = whole.clone();
      for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
        noisy[random.nextInt(noisy.length)] = (byte) random.nextInt(256);
      }
      try {
        HeartbeatBytes.read(noisy);
      } catch (IOException expected) {
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  @Test
  void aTermFromAFarFutureIsRefused() {
    byte[] whole = HeartbeatBytes.write(BARE);
    int term = 1 + 2 + "b".length();
    whole[term] = Byte.MAX_VALUE;
    assertThatThrownBy(() -> HeartbeatBytes.read(whole))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no cluster has come as far");
  }

  /**
   * Term, role and reign follow the name; nobody served or reigned in a term that it does not know.
   */
  @Test
  void whatNoNodeCanHaveDoneIsRefused() {
    byte[] whole = HeartbeatBytes.write(BARE);
    int reign = 1 + 2 + "b".length() + Long.BYTES + 2 + "standby".length();
    whole[reign + Long.BYTES - 1] = 1;
    assertThatThrownBy(() -> HeartbeatBytes.read(whole))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("term 0, reign 1, served in 0");
  }

  @Test
  void somethingBehindTheEndIsRefused() {
    byte[] whole = HeartbeatBytes.write(BARE);
    assertThatThrownBy(() -> HeartbeatBytes.read(Arrays.copyOf(whole, whole.length + 1)))
        .hasMessageContaining("behind its end");
  }
}
