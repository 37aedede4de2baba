package understudy.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;
import understudy.config.Endpoint;
import understudy.failover.NodeName;

/**
 * The first exchange on a stream between members, after TLS has proven both certificates.
 *
 * <p>Four frames: caller's hello (magic, protocol, purpose, name, release, nonce); listener's
 * answer (verdict, name, release, nonce, proof); caller's proof; listener's verdict. A proof is an
 * HMAC under the cluster secret over both hellos and both fingerprints, so nodes of different
 * secrets never get further, and a proof is good for this stream only.
 */
public final class Greeting {
  private static final int MAGIC = 0x554E4453;
  private static final int PROTOCOL = 1;
  private static final int NONCE_BYTES = 32;
  private static final int PROOF_BYTES = 32;
  private static final int LARGEST_BYTES = 1024;

  private final Identity identity;
  private final NodeName name;
  private final Release release;
  private final Members members;
  private final SecureRandom random = new SecureRandom();

  public Greeting(Identity identity, NodeName name, Release release, Members members) {
    this.identity = identity;
    this.name = name;
    this.release = release;
    this.members = members;
  }

  /** What the listener says about the caller. */
  private enum Verdict {
    WELCOME(0),
    NOT_A_MEMBER(1),
    OTHER_CLUSTER(2),
    OTHER_PROTOCOL(3);

    private final int code;

    Verdict(int code) {
      this.code = code;
    }

    static Verdict of(int code) throws IOException {
      for (Verdict verdict : values()) {
        if (verdict.code == code) {
          return verdict;
        }
      }
      throw new IOException("an unknown verdict " + code);
    }
  }

  /** What a listener found out about a caller. */
  public sealed interface Answered {
    /** Proven. */
    record Welcome(Member member, Purpose purpose, Release release) implements Answered {}

    /** Not let in; {@code why} is for the log. */
    record TurnedAway(String why) implements Answered {}
  }

  private record Hello(int protocol, int purpose, String name, String release) {}

  /** The calling side: says what the stream is for. Blocks for two answers. */
  Reach call(Endpoint at, Member peer, Purpose purpose, PeerStream stream) throws IOException {
    byte[] hello = hello(purpose);
    Frames.write(stream.out(), hello);
    byte[] answer = Frames.read(stream.in(), LARGEST_BYTES);
    DataInputStream data = new DataInputStream(new ByteArrayInputStream(answer));
    Verdict verdict = Verdict.of(data.readUnsignedByte());
    data.readUTF();
    String peerRelease = data.readUTF();
    if (verdict != Verdict.WELCOME) {
      return turnedAway(at, verdict, peerRelease);
    }
    if (answer.length < PROOF_BYTES) {
      throw new IOException("a welcome without proof, of " + answer.length + " bytes");
    }
    int signed = answer.length - PROOF_BYTES;
    byte[][] facts = {
      hello,
      Arrays.copyOf(answer, signed),
      identity.fingerprint().bytes(),
      peer.fingerprint().bytes()
    };
    ClusterSecret cluster = members.cluster();
    byte[] proof = Arrays.copyOfRange(answer, signed, answer.length);
    if (!MessageDigest.isEqual(proof, cluster.proof("listener", facts))) {
      return new Reach.OtherCluster(at);
    }
    Frames.write(stream.out(), cluster.proof("caller", facts));
    byte[] last = Frames.read(stream.in(), LARGEST_BYTES);
    Verdict lastly = Verdict.of(last.length == 1 ? last[0] : -1);
    return lastly == Verdict.WELCOME
        ? new Reach.Reached(at, new PeerConnection(peer, purpose, new Release(peerRelease), stream))
        : turnedAway(at, lastly, peerRelease);
  }

  private static Reach turnedAway(Endpoint at, Verdict verdict, String peerRelease) {
    return switch (verdict) {
      case WELCOME -> throw new IllegalArgumentException("a welcome is no refusal");
      case NOT_A_MEMBER -> new Reach.NotAMember(at);
      case OTHER_CLUSTER -> new Reach.OtherCluster(at);
      case OTHER_PROTOCOL ->
          new Reach.OtherVersion(
              at, "it runs " + peerRelease + " and not our protocol " + PROTOCOL);
    };
  }

  /** The listening side; blocks for two messages of the caller. */
  public Answered answer(X509Certificate caller, PeerStream stream) throws IOException {
    byte[] helloBytes = Frames.read(stream.in(), LARGEST_BYTES);
    Hello hello = parse(helloBytes);
    Optional<Member> member = members.presenting(caller);
    Optional<Purpose> purpose = Purpose.of(hello.purpose());
    if (hello.protocol() != PROTOCOL || purpose.isEmpty()) {
      Frames.write(stream.out(), unsigned(Verdict.OTHER_PROTOCOL));
      return new Answered.TurnedAway(
          "node " + hello.name() + " runs " + hello.release() + ", which speaks another protocol");
    }
    if (member.isEmpty()) {
      Frames.write(stream.out(), unsigned(Verdict.NOT_A_MEMBER));
      return new Answered.TurnedAway(
          "a machine that calls itself "
              + hello.name()
              + " showed certificate "
              + Fingerprint.of(caller).brief()
              + ", which is not pinned here");
    }
    return prove(member.get(), purpose.get(), hello, helloBytes, stream);
  }

  private Answered prove(
      Member member, Purpose purpose, Hello hello, byte[] helloBytes, PeerStream stream)
      throws IOException {
    byte[] unsigned = unsigned(Verdict.WELCOME);
    byte[][] facts = {
      helloBytes, unsigned, member.fingerprint().bytes(), identity.fingerprint().bytes()
    };
    ClusterSecret cluster = members.cluster();
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    answer.write(unsigned);
    answer.write(cluster.proof("listener", facts));
    Frames.write(stream.out(), answer.toByteArray());
    byte[] proof = Frames.read(stream.in(), PROOF_BYTES);
    boolean isProven = MessageDigest.isEqual(proof, cluster.proof("caller", facts));
    Verdict verdict = isProven ? Verdict.WELCOME : Verdict.OTHER_CLUSTER;
    Frames.write(stream.out(), new byte[] {(byte) verdict.code});
    return isProven
        ? new Answered.Welcome(member, purpose, new Release(hello.release()))
        : new Answered.TurnedAway("node " + member.name() + " has another cluster secret");
  }

  private byte[] hello(Purpose purpose) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    data.writeInt(MAGIC);
    data.writeByte(PROTOCOL);
    data.writeByte(purpose.code());
    data.writeUTF(name.value());
    data.writeUTF(release.version());
    data.write(nonce());
    return bytes.toByteArray();
  }

  private static Hello parse(byte[] bytes) throws IOException {
    DataInputStream data = new DataInputStream(new ByteArrayInputStream(bytes));
    if (data.readInt() != MAGIC) {
      throw new IOException("the caller does not speak our protocol");
    }
    return new Hello(
        data.readUnsignedByte(), data.readUnsignedByte(), data.readUTF(), data.readUTF());
  }

  private byte[] unsigned(Verdict verdict) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    data.writeByte(verdict.code);
    data.writeUTF(name.value());
    data.writeUTF(release.version());
    data.write(nonce());
    return bytes.toByteArray();
  }

  private byte[] nonce() {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    return nonce;
  }
}
