package understudy.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.Endpoint;
import understudy.failover.Designation;
import understudy.failover.NodeName;

/** The caller's side against listeners that say what no honest one would. */
class GreetingTest {
  private static final NodeName ALPHA = new NodeName("alpha");
  private static final NodeName BETA = new NodeName("beta");
  private static final Endpoint AT = new Endpoint("127.0.0.1", 7443);

  @TempDir Path state;

  @Test
  void aListenerThatCannotProveTheSecretIsNotBelieved() throws Exception {
    Scripted listener = new Scripted();
    listener.says(answer(0, new byte[32]));
    listener.says(new byte[] {0});

    assertThat(callTo(listener)).isEqualTo(new Reach.OtherCluster(AT));
  }

  @Test
  void aListenerOfAnotherProtocolIsNamedWithItsRelease() throws Exception {
    Scripted listener = new Scripted();
    listener.says(answer(3, new byte[0]));

    assertThat(callTo(listener))
        .isEqualTo(new Reach.OtherVersion(AT, "it runs 9.9.9 and not our protocol 1"));
  }

  private Reach callTo(Scripted listener) throws Exception {
    Identity alpha = Identity.create(ALPHA, List.of());
    Identity beta = Identity.create(BETA, List.of());
    Member expected =
        new Member(ALPHA, Designation.PRIMARY, alpha.certificate(), List.of(AT), List.of());
    Members members = Members.create(state, ClusterSecret.random(), List.of(expected));
    return new Greeting(beta, BETA, Release.current(), members)
        .call(AT, expected, Purpose.CALL, listener);
  }

  private static byte[] answer(int verdict, byte[] proof) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    data.writeByte(verdict);
    data.writeUTF("alpha");
    data.writeUTF("9.9.9");
    data.write(new byte[32]);
    data.write(proof);
    return bytes.toByteArray();
  }

  /** Says its lines whatever it hears. */
  private static final class Scripted implements PeerStream {
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();

    void says(byte[] frame) throws IOException {
      Frames.write(lines, frame);
    }

    private @Nullable InputStream in;

    @Override
    public InputStream in() {
      if (in == null) {
        in = new ByteArrayInputStream(lines.toByteArray());
      }
      return in;
    }

    @Override
    public OutputStream out() {
      return heard;
    }

    @Override
    public void limitReads(Duration most) {}

    @Override
    public void close() {}
  }
}
