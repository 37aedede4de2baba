package understudy.heartbeat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.FreePort;
import understudy.config.Endpoint;
import understudy.failover.Designation;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.failover.Role;
import understudy.failover.Term;
import understudy.time.SystemClock;
import understudy.wire.ClusterSecret;
import understudy.wire.Dialer;
import understudy.wire.Frames;
import understudy.wire.Greeting;
import understudy.wire.HeartbeatBytes;
import understudy.wire.HeartbeatBytes.Spoken;
import understudy.wire.Identity;
import understudy.wire.Member;
import understudy.wire.Members;
import understudy.wire.PeerConnection;
import understudy.wire.PeerConnector;
import understudy.wire.PeerStream;
import understudy.wire.Purpose;
import understudy.wire.Release;

/** Real sockets on loopback. */
class HeartbeatsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String HOST = "127.0.0.1";

  @TempDir Path directory;

  /** One node that speaks and keeps what it hears. */
  private final class Voice implements AutoCloseable {
    final NodeName name;
    final Identity identity;
    final int port;
    final BlockingQueue<Spoken> heard = new LinkedBlockingQueue<>();
    Role role = Role.STANDBY;
    final BlockingQueue<NodeName> glimpsed = new LinkedBlockingQueue<>();
    private final AtomicLong sequence = new AtomicLong();
    private long life = 1;

    /** When nothing was heard for so long, another life of the same node is believed. */
    Duration restart = Duration.ofMinutes(1);

    private @Nullable Heartbeats speaking;

    Voice(String name) throws IOException {
      this.name = new NodeName(name);
      this.identity = Identity.create(this.name, List.of(HOST));
      this.port = FreePort.next();
    }

    Member member() {
      return new Member(
          name,
          Designation.PRIMARY,
          identity.certificate(),
          List.of(new Endpoint(HOST, port)),
          List.of(HOST));
    }

    /** A copied machine: the same name and key at another address. */
    Voice(Voice original) throws IOException {
      this.name = original.name;
      this.identity = original.identity;
      this.port = FreePort.next();
      this.life = original.life + 1_000;
    }

    Heartbeats speaking(ClusterSecret secret) throws IOException {
      Path state = Files.createDirectories(directory.resolve(name.value()));
      var members = Members.create(state, secret, List.of());
      var connector =
          new PeerConnector(
              new Dialer(identity, Duration.ofMillis(200)),
              new Greeting(identity, name, new Release("test"), members));
      var heartbeats =
          new Heartbeats(
              identity,
              secret,
              connector,
              List.of(HOST),
              port,
              Duration.ofSeconds(1),
              restart,
              new SystemClock(),
              new Ear() {
                @Override
                public void heard(Spoken spoken, String link) {
                  heard.add(spoken);
                }

                @Override
                public void glimpsed(NodeName peer) {
                  glimpsed.add(peer);
                }
              });
      speaking = heartbeats;
      return heartbeats;
    }

    Heartbeats heartbeats() {
      return Objects.requireNonNull(speaking, "not speaking yet");
    }

    Spoken beat(long term) {
      return new Spoken(
          new Heartbeat(
              name,
              new Term(term),
              role,
              Term.NONE,
              true,
              true,
              false,
              "",
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              "test"),
          life,
          sequence.incrementAndGet(),
          Instant.EPOCH,
          "");
    }

    @Override
    public void close() {
      fallSilent();
    }

    void fallSilent() {
      if (speaking != null) {
        speaking.close();
        life++;
      }
    }
  }

  /** Speaks until the other side was heard: the first datagrams only make the sessions known. */
  private static Spoken exchange(Voice from, Voice to, long term) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      from.heartbeats().speak(from.beat(term));
      to.heartbeats().speak(to.beat(0));
      Spoken heard = to.heard.poll(20, TimeUnit.MILLISECONDS);
      if (heard != null && heard.heartbeat().term().number() == term) {
        return heard;
      }
    }
    throw new AssertionError(to.name + " did not hear " + from.name);
  }

  @Test
  void peersHearEachOther() throws Exception {
    try (var alpha = new Voice("alpha");
        var beta = new Voice("beta")) {
      ClusterSecret secret = ClusterSecret.random();
      alpha.speaking(secret).meet(beta.member());
      beta.speaking(secret).meet(alpha.member());

      assertThat(exchange(alpha, beta, 7).heartbeat()).isEqualTo(alpha.beat(7).heartbeat());
      assertThat(exchange(beta, alpha, 8).heartbeat()).isEqualTo(beta.beat(8).heartbeat());
      assertThat(beta.heartbeats().links().of(alpha.name, Duration.ofSeconds(5)))
          .isEqualTo(Map.of(HOST, true, "tls", false));
    }
  }

  @Test
  void aRestartedPeerIsHeardAgain() throws Exception {
    try (var alpha = new Voice("alpha");
        var beta = new Voice("beta")) {
      ClusterSecret secret = ClusterSecret.random();
      alpha.speaking(secret).meet(beta.member());
      beta.restart = Duration.ofMillis(300);
      beta.speaking(secret).meet(alpha.member());
      exchange(alpha, beta, 1);
      alpha.fallSilent();

      alpha.speaking(secret).meet(beta.member());

      assertThat(exchange(alpha, beta, 2).heartbeat()).isEqualTo(alpha.beat(2).heartbeat());
    }
  }

  @Test
  void anotherClusterIsNeverHeard() throws Exception {
    try (var alpha = new Voice("alpha");
        var beta = new Voice("beta")) {
      alpha.speaking(ClusterSecret.random()).meet(beta.member());
      beta.speaking(ClusterSecret.random()).meet(alpha.member());

      for (int i = 0; i < 20; i++) {
        alpha.heartbeats().speak(alpha.beat(i));
        beta.heartbeats().speak(beta.beat(i));
      }

      assertThat(beta.heard.poll(300, TimeUnit.MILLISECONDS)).isNull();
    }
  }

  @Test
  void aCopiedMachineIsToldFromTheOriginalAndNotHeard() throws Exception {
    try (var alpha = new Voice("alpha");
        var beta = new Voice("beta");
        var copy = new Voice(alpha)) {
      ClusterSecret secret = ClusterSecret.random();
      alpha.speaking(secret).meet(beta.member());
      beta.speaking(secret).meet(alpha.member());
      exchange(alpha, beta, 1);
      copy.role = Role.ACTIVE;

      arrives(beta, alpha.member(), HeartbeatBytes.write(copy.beat(99)));
      assertThat(beta.glimpsed).as("it may serve").containsExactly(alpha.name);
      exchange(alpha, beta, 2);
      arrives(beta, alpha.member(), HeartbeatBytes.write(copy.beat(99)));

      assertThat(beta.heartbeats().links().complaint(alpha.name, PATIENCE))
          .hasValueSatisfying(
              told -> assertThat(told.what()).contains("another machine", "link tls"));
      assertThat(beta.heard).noneMatch(spoken -> spoken.heartbeat().term().equals(new Term(99)));
      assertThat(exchange(alpha, beta, 3).life()).isEqualTo(1);
    }
  }

  @Test
  void aHeartbeatOfAnUnknownFormatIsRefusedAndSaid() throws Exception {
    try (var alpha = new Voice("alpha");
        var beta = new Voice("beta")) {
      beta.speaking(ClusterSecret.random()).meet(alpha.member());
      byte[] newer = HeartbeatBytes.write(alpha.beat(1));
      newer[0]++;

      arrives(beta, alpha.member(), newer);

      assertThat(beta.heard).isEmpty();
      assertThat(beta.heartbeats().links().complaint(alpha.name, PATIENCE))
          .hasValueSatisfying(
              told -> {
                assertThat(told.what()).contains("format " + newer[0], "this release reads");
                assertThat(told.fix()).contains("same release");
              });
    }
  }

  /** One heartbeat on a TLS stream that proved to be {@code as}; then the stream ends. */
  private static void arrives(Voice at, Member as, byte[] heartbeat) throws IOException {
    var frame = new ByteArrayOutputStream();
    Frames.write(frame, heartbeat);
    var stream = new OneWay(new ByteArrayInputStream(frame.toByteArray()));
    var connection = new PeerConnection(as, Purpose.HEARTBEAT, new Release("test"), stream);
    assertThatThrownBy(() -> at.heartbeats().listen(connection)).isInstanceOf(EOFException.class);
  }

  /** What was said on a stream before it ended. */
  private record OneWay(InputStream in) implements PeerStream {
    @Override
    public OutputStream out() {
      return OutputStream.nullOutputStream();
    }

    @Override
    public void limitReads(Duration most) {}

    @Override
    public void close() {}
  }

  @Test
  void aRecordingIsNotHeard() throws Exception {
    try (var alpha = new Voice("alpha");
        var beta = new Voice("beta")) {
      ClusterSecret secret = ClusterSecret.random();
      // A tap in the place of beta records what alpha sends while nobody answers.
      var recorded = new byte[2048];
      int length;
      try (var tap =
          new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), beta.port))) {
        alpha.speaking(secret).meet(beta.member());
        alpha.heartbeats().speak(alpha.beat(1));
        var packet = new DatagramPacket(recorded, recorded.length);
        tap.setSoTimeout((int) PATIENCE.toMillis());
        tap.receive(packet);
        length = packet.getLength();
      }
      alpha.fallSilent();
      beta.speaking(secret).meet(alpha.member());

      try (var attacker = new DatagramSocket()) {
        for (int i = 0; i < 5; i++) {
          attacker.send(
              new DatagramPacket(recorded, length, InetAddress.getLoopbackAddress(), beta.port));
        }
      }

      assertThat(beta.heard.poll(300, TimeUnit.MILLISECONDS)).isNull();
    }
  }
}
