package understudy.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.Endpoint;
import understudy.failover.Designation;
import understudy.failover.NodeName;

/** Greetings and datagrams that were cut, changed or made up are answered or refused, no worse. */
class GreetingFuzzTest {
  private static final int ROUNDS = 30_000;
  private static final Endpoint AT = new Endpoint("127.0.0.1", 7443);
  private static final NodeName ALPHA = new NodeName("alpha");
  private static final NodeName BETA = new NodeName("beta");

  @TempDir Path state;

  private interface Exchange {
    Object with(byte[] spoiled) throws IOException;
  }

  /** What is refused is refused by an exception that says why. */
  private static int refused(byte[] good, Exchange exchange) {
    var random = new Random(4711);
    int refused = 0;
    for (int i = 0; i < ROUNDS; i++) {
      byte[] bytes = spoiled(good, random);
      try {
        assertThat(exchange.with(bytes)).isNotNull();
      } catch (IOException why) {
        refused++;
      } catch (RuntimeException broken) {
        fail("broken by " + HexFormat.of().formatHex(bytes), broken);
      }
    }
    return refused;
  }

  private static byte[] spoiled(byte[] good, Random random) {
    byte[] bytes = Arrays.copyOf(good, random.nextInt(4) == 0 ? random.nextInt(80) : good.length);
    for (int times = random.nextInt(4); times > 0 && bytes.length > 0; times--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
    }
    return bytes;
  }

  @Test
  void bothSidesOfAGreetingSurviveAnything() throws Exception {
    Identity alpha = Identity.create(ALPHA, List.of());
    Identity beta = Identity.create(BETA, List.of());
    var peer = new Member(ALPHA, Designation.PRIMARY, alpha.certificate(), List.of(AT), List.of());
    Members members = Members.create(state, ClusterSecret.random(), List.of(peer));
    var greeting = new Greeting(beta, BETA, Release.current(), members);

    int asCaller =
        refused(
            words(out -> out.writeByte(0)),
            answer -> greeting.call(AT, peer, Purpose.CALL, new Said(answer)));
    int asListener =
        refused(
            words(
                out -> {
                  out.writeInt(0x554E4453);
                  out.writeByte(1);
                  out.writeByte(1);
                }),
            hello -> greeting.answer(alpha.certificate(), new Said(hello)));

    assertThat(asCaller).isPositive();
    assertThat(asListener).isPositive();
  }

  @Test
  void noSpoiledDatagramIsOpened() {
    Identity alpha = Identity.create(ALPHA, List.of());
    Identity beta = Identity.create(BETA, List.of());
    ClusterSecret cluster = ClusterSecret.random();
    var there = new Member(BETA, Designation.PRIMARY, beta.certificate(), List.of(AT), List.of());
    var here = new Member(ALPHA, Designation.PRIMARY, alpha.certificate(), List.of(AT), List.of());
    var keys = new HeartbeatKeys(beta, here, cluster);
    var open = new DatagramOpen(keys, new DatagramSeal(keys));
    byte[] datagram =
        new DatagramSeal(new HeartbeatKeys(alpha, there, cluster))
            .seal(new byte[100], new byte[HeartbeatKeys.SESSION_BYTES]);

    int refused =
        refused(
            datagram,
            bytes -> {
              boolean isWhole = Arrays.equals(bytes, datagram);
              assertThat(isWhole || open.open(bytes).isEmpty()).isTrue();
              return bytes;
            });

    assertThat(refused).isZero();
    assertThat(open.open(datagram)).isPresent();
  }

  private interface Words {
    void write(DataOutputStream out) throws IOException;
  }

  private static byte[] words(Words first) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var out = new DataOutputStream(bytes);
    first.write(out);
    out.writeUTF("alpha");
    out.writeUTF("9.9.9");
    out.write(new byte[64]);
    return bytes.toByteArray();
  }

  /** Somebody who says one frame whatever it hears. */
  private record Said(InputStream in) implements PeerStream {
    Said(byte[] frame) throws IOException {
      this(new ByteArrayInputStream(framed(frame)));
    }

    private static byte[] framed(byte[] content) throws IOException {
      var bytes = new ByteArrayOutputStream();
      Frames.write(bytes, content);
      return bytes.toByteArray();
    }

    @Override
    public OutputStream out() {
      return OutputStream.nullOutputStream();
    }

    @Override
    public void limitReads(Duration most) {}

    @Override
    public void close() {}
  }
}
