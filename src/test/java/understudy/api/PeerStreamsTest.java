package understudy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.FreePort;
import understudy.config.Endpoint;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.resource.Eventually;
import understudy.wire.ClusterSecret;
import understudy.wire.Contact;
import understudy.wire.Dialer;
import understudy.wire.Frames;
import understudy.wire.Greeting;
import understudy.wire.Identity;
import understudy.wire.Member;
import understudy.wire.Members;
import understudy.wire.PeerConnection;
import understudy.wire.PeerConnector;
import understudy.wire.PeerStream;
import understudy.wire.Purpose;
import understudy.wire.Reach;
import understudy.wire.Release;
import understudy.wire.Tls;

/** Streams between members over the real server. */
class PeerStreamsTest {
  private static final NodeName ALPHA = new NodeName("alpha");
  private static final NodeName BETA = new NodeName("beta");
  private static final Duration LIMIT = Duration.ofSeconds(2);

  @TempDir Path alphaState;
  @TempDir Path betaState;
  private RunningApi alpha;
  private Identity beta;
  private Members betaMembers;

  @BeforeEach
  void pair() throws Exception {
    alpha = new RunningApi(alphaState);
    beta = Identity.create(BETA, List.of("127.0.0.1"));
    alpha.members.add(member(BETA, beta, 1));
    betaMembers =
        Members.create(
            betaState,
            alpha.members.cluster(),
            List.of(member(ALPHA, alpha.identity, alpha.server.port())));
  }

  @AfterEach
  void stop() {
    alpha.close();
  }

  @Test
  void aMemberIsProvenAndItsBytesArriveUnchanged() throws Exception {
    Reach reach = betaTo(Purpose.SYNC, betaMembers);

    assertThat(reach).isInstanceOf(Reach.Reached.class);
    try (PeerConnection connection = ((Reach.Reached) reach).connection()) {
      assertThat(connection.release()).isEqualTo(Release.current());
      byte[] sent = new byte[700_000];
      new Random(3).nextBytes(sent);
      for (int i = 0; i < 5; i++) {
        Frames.write(connection.out(), sent);
        assertThat(Frames.read(connection.in(), 1 << 20)).isEqualTo(sent);
      }
      assertThat(alpha.accepted).hasSize(1);
      assertThat(alpha.accepted.getFirst().peer().name()).isEqualTo(BETA);
      assertThat(alpha.accepted.getFirst().purpose()).isEqualTo(Purpose.SYNC);
    }
  }

  @Test
  void aMachineThatIsNotPinnedIsToldSo() throws Exception {
    alpha.members.remove(BETA);

    assertThat(betaTo(Purpose.CALL, betaMembers)).isInstanceOf(Reach.NotAMember.class);
    assertThat(alpha.accepted).isEmpty();
  }

  @Test
  void aPinnedMachineWithAnotherClusterSecretIsNotLetIn() throws Exception {
    Files.delete(Members.file(betaState));
    Members other = Members.create(betaState, ClusterSecret.random(), betaMembers.peers());

    assertThat(betaTo(Purpose.CALL, other)).isInstanceOf(Reach.OtherCluster.class);
    assertThat(alpha.accepted).isEmpty();
  }

  @Test
  void aPinnedMachineThatCannotProveTheSecretIsNotLetInWhateverItBelieves() throws Exception {
    Contact contact =
        new Dialer(beta, LIMIT)
            .dial(
                new Endpoint("127.0.0.1", alpha.server.port()),
                alpha.identity.fingerprint(),
                Tls.PEER_PROTOCOL);
    try (PeerStream stream = ((Contact.Open) contact).stream()) {
      ByteArrayOutputStream hello = new ByteArrayOutputStream();
      DataOutputStream data = new DataOutputStream(hello);
      data.writeInt(0x554E4453);
      data.writeByte(1);
      data.writeByte(3);
      data.writeUTF("beta");
      data.writeUTF("0.1.0");
      data.write(new byte[32]);
      Frames.write(stream.out(), hello.toByteArray());
      assertThat(Frames.read(stream.in(), 1024)[0]).isZero();
      Frames.write(stream.out(), new byte[32]);

      assertThat(Frames.read(stream.in(), 1)).containsExactly(2);
      assertThat(stream.in().read()).isEqualTo(-1);
    }
    assertThat(alpha.accepted).isEmpty();
  }

  @Test
  void aServerWithAnotherCertificateIsNoticedBeforeAnythingIsSaid() throws Exception {
    Identity impostor = Identity.create(ALPHA, List.of("127.0.0.1"));
    Member expected = member(ALPHA, impostor, alpha.server.port());

    assertThat(connector(betaMembers).connect(expected, Purpose.CALL))
        .isEqualTo(
            new Reach.WrongCertificate(
                expected.addresses().getFirst(),
                impostor.fingerprint(),
                alpha.identity.fingerprint()));
  }

  @Test
  void aPortWhereNobodyListensRefuses() throws Exception {
    int port = FreePort.next();

    assertThat(connector(betaMembers).connect(member(ALPHA, alpha.identity, port), Purpose.CALL))
        .isEqualTo(new Reach.Refused(new Endpoint("127.0.0.1", port)));
  }

  @Test
  void aPortThatNeverAnswersTimesOut() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Member mute = member(ALPHA, alpha.identity, silent.getLocalPort());

      assertThat(connector(betaMembers, Duration.ofMillis(300)).connect(mute, Purpose.CALL))
          .isEqualTo(new Reach.TimedOut(mute.addresses().getFirst(), "the TLS handshake"));
    }
  }

  @Test
  void aServerOfAnotherKindIsNamedAsSuch() throws Exception {
    try (ServerSocket other = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      Thread answering =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (var socket = other.accept()) {
                      socket
                          .getOutputStream()
                          .write("SSH-2.0-OpenSSH_9\r\n".getBytes(StandardCharsets.US_ASCII));
                      socket.getInputStream().read();
                    } catch (IOException gone) {
                      throw new UncheckedIOException(gone);
                    }
                  });

      assertThat(
              connector(betaMembers)
                  .connect(member(ALPHA, alpha.identity, other.getLocalPort()), Purpose.CALL))
          .isInstanceOf(Reach.Unintelligible.class);
      answering.join();
    }
  }

  @Test
  void aMemberIsReachedAtItsSecondAddressWhenTheFirstRefuses() throws Exception {
    int closed = FreePort.next();
    Member twice =
        new Member(
            ALPHA,
            Designation.PRIMARY,
            alpha.identity.certificate(),
            List.of(
                new Endpoint("127.0.0.1", closed), new Endpoint("127.0.0.1", alpha.server.port())),
            List.of());

    Reach reach = connector(betaMembers).connect(twice, Purpose.HEARTBEAT);

    assertThat(reach).isInstanceOf(Reach.Reached.class);
    ((Reach.Reached) reach).connection().close();
  }

  @Test
  void bothEndsNoticeADeadPeerByKeepalive() throws Exception {
    Reach reach = betaTo(Purpose.HEARTBEAT, betaMembers);
    try (PeerConnection _ = ((Reach.Reached) reach).connection()) {
      String port = "%04X".formatted(alpha.server.port());
      Eventually.await(
          "both ends of the stream keep it alive",
          Duration.ofSeconds(10),
          () -> keptAlive("local", port) == 1 && keptAlive("remote", port) == 1);
    }
  }

  /**
   * Connections with this port at one end that the kernel asks, within 20 s of silence, whether the
   * other end is still there.
   */
  private static long keptAlive(String end, String port) throws IOException {
    long kept = 0;
    for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
      for (String line : Files.readAllLines(Path.of(table))) {
        String[] words = line.strip().split("\\s+", -1);
        String address = words[end.equals("local") ? 1 : 2];
        String[] timer = words[5].split(":", -1);
        boolean asks = timer[0].equals("02") && Long.parseLong(timer[1], 16) <= 2000;
        kept += words[3].equals("01") && address.endsWith(":" + port) && asks ? 1 : 0;
      }
    }
    return kept;
  }

  @Test
  void aReaderThatWaitsTooLongIsToldSo() throws Exception {
    Reach reach = betaTo(Purpose.CALL, betaMembers);
    try (PeerConnection connection = ((Reach.Reached) reach).connection()) {
      connection.stream().limitReads(Duration.ofMillis(100));
      assertThatThrownBy(() -> connection.in().read()).isInstanceOf(IOException.class);
    }
  }

  @Test
  void closingEndsTheOtherSidesReader() throws Exception {
    Reach reach = betaTo(Purpose.CALL, betaMembers);
    try (PeerConnection connection = ((Reach.Reached) reach).connection()) {
      Frames.write(connection.out(), new byte[] {1});
      Frames.read(connection.in(), 10);
      alpha.accepted.getFirst().close();
      assertThat(connection.in().read()).isEqualTo(-1);
    }
  }

  @Test
  void aStrangerReachesThePairingDeskOnly() throws Exception {
    Identity stranger = Identity.create(new NodeName("gamma"), List.of());
    Endpoint at = new Endpoint("127.0.0.1", alpha.server.port());

    Contact contact =
        new Dialer(stranger, LIMIT).dial(at, alpha.identity.fingerprint(), Tls.PAIRING_PROTOCOL);

    assertThat(contact).isInstanceOf(Contact.Open.class);
    Contact.Open open = (Contact.Open) contact;
    Frames.write(open.stream().out(), new byte[] {1});
    assertThat(Frames.read(open.stream().in(), 10)).containsExactly(42);
    open.stream().close();
  }

  private Reach betaTo(Purpose purpose, Members members) {
    return connector(members).connect(members.peers().getFirst(), purpose);
  }

  private PeerConnector connector(Members members) {
    return connector(members, LIMIT);
  }

  private PeerConnector connector(Members members, Duration limit) {
    return new PeerConnector(
        new Dialer(beta, limit), new Greeting(beta, BETA, Release.current(), members));
  }

  private static Member member(NodeName name, Identity identity, int port) {
    return new Member(
        name,
        Designation.PRIMARY,
        identity.certificate(),
        List.of(new Endpoint("127.0.0.1", port)),
        List.of());
  }
}
