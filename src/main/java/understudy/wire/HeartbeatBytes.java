package understudy.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import understudy.failover.Ballot;
import understudy.failover.Bid;
import understudy.failover.Heartbeat;
import understudy.failover.Heartbeat.Handover;
import understudy.failover.Heartbeat.Progress;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.NodeName;
import understudy.failover.Role;
import understudy.failover.Term;
import understudy.failover.Votes;
import understudy.time.Moment;

/**
 * A {@link Heartbeat} as bytes: version byte, then the fields in the order of the record,
 * big-endian; text as in {@link DataOutputStream#writeUTF}; an absent optional is one zero byte. At
 * most {@value #LARGEST_BYTES} bytes.
 */
public final class HeartbeatBytes {
  /** Leaves room for sealing within one Ethernet frame. */
  public static final int LARGEST_BYTES = 1100;

  private static final int FORMAT = 4;
  private static final int LARGEST_HEAD = 200;

  /** As much as the cluster document may say. */
  private static final Duration LONGEST_LEASE = Duration.ofDays(1);

  private HeartbeatBytes() {}

  /**
   * A heartbeat with the sender's wall clock, by which the receiver tells how far the clocks are
   * apart.
   *
   * @param life tells this life of the sender's process from its others
   * @param sequence grows with every heartbeat of a life: what was overtaken on another path is old
   * @param configHash SHA-256 of the sender's cluster document, in hex
   * @param copiesFrom whose data the sender copies
   */
  public record Spoken(
      Heartbeat heartbeat,
      long life,
      long sequence,
      Instant wall,
      String configHash,
      Optional<NodeName> copiesFrom) {

    /** Of a node that copies nobody. */
    public Spoken(Heartbeat heartbeat, long life, long sequence, Instant wall, String configHash) {
      this(heartbeat, life, sequence, wall, configHash, Optional.empty());
    }
  }

  /** Throws {@link IllegalArgumentException} when it does not fit. */
  public static byte[] write(Spoken spoken) {
    var bytes = new ByteArrayOutputStream(256);
    try (var out = new DataOutputStream(bytes)) {
      Heartbeat heartbeat = spoken.heartbeat();
      out.writeByte(FORMAT);
      out.writeUTF(heartbeat.from().value());
      out.writeLong(heartbeat.term().number());
      out.writeUTF(heartbeat.role().word());
      out.writeLong(heartbeat.reign().number());
      out.writeLong(heartbeat.served().number());
      out.writeBoolean(heartbeat.ready());
      out.writeBoolean(heartbeat.willing());
      out.writeBoolean(heartbeat.asks());
      out.writeBoolean(heartbeat.paused());
      out.writeUTF(heartbeat.head());
      out.writeLong(heartbeat.lag().map(Duration::toNanos).orElse(-1L));
      writeHandover(out, heartbeat.handover());
      writeProgress(out, heartbeat.progress());
      out.writeLong(heartbeat.declined().map(Term::number).orElse(-1L));
      out.writeUTF(heartbeat.version());
      writeVotes(out, heartbeat.votes());
      out.writeLong(spoken.life());
      out.writeLong(spoken.sequence());
      out.writeLong(spoken.wall().toEpochMilli());
      out.writeUTF(spoken.configHash());
      out.writeUTF(spoken.copiesFrom().map(NodeName::value).orElse(""));
    } catch (IOException inMemory) {
      throw new IllegalArgumentException("a heartbeat cannot be written: " + spoken, inMemory);
    }
    if (bytes.size() > LARGEST_BYTES) {
      throw new IllegalArgumentException("a heartbeat of " + bytes.size() + " bytes: " + spoken);
    }
    return bytes.toByteArray();
  }

  private static void writeHandover(DataOutputStream out, Optional<Handover> handover)
      throws IOException {
    out.writeBoolean(handover.isPresent());
    if (handover.isPresent()) {
      out.writeLong(handover.get().operation());
      out.writeUTF(handover.get().to().value());
      out.writeUTF(handover.get().stage().name());
      out.writeLong(handover.get().term().number());
    }
  }

  private static void writeProgress(DataOutputStream out, Optional<Progress> progress)
      throws IOException {
    out.writeBoolean(progress.isPresent());
    if (progress.isPresent()) {
      out.writeLong(progress.get().operation());
      out.writeUTF(progress.get().stage().name());
      out.writeBoolean(progress.get().done());
      out.writeBoolean(progress.get().failed());
      out.writeUTF(progress.get().head());
    }
  }

  private static void writeVotes(DataOutputStream out, Votes votes) throws IOException {
    out.writeLong(votes.life());
    out.writeBoolean(votes.bid().isPresent());
    if (votes.bid().isPresent()) {
      writeBid(out, votes.bid().get());
    }
    out.writeBoolean(votes.ballot().isPresent());
    if (votes.ballot().isPresent()) {
      out.writeUTF(votes.ballot().get().to().value());
      writeBid(out, votes.ballot().get().bid());
    }
    out.writeLong(votes.voted().number());
  }

  private static void writeBid(DataOutputStream out, Bid bid) throws IOException {
    out.writeLong(bid.term().number());
    out.writeLong(bid.life());
    out.writeLong(bid.sentAt().nanos());
    out.writeLong(bid.lease().toNanos());
  }

  /**
   * Reads what {@link #write} wrote. Throws {@link IOException} that says what is wrong: the sender
   * is not trusted.
   */
  public static Spoken read(byte[] bytes) throws IOException {
    if (bytes.length > LARGEST_BYTES) {
      throw new IOException("a heartbeat of " + bytes.length + " bytes");
    }
    try (var in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int format = in.readUnsignedByte();
      if (format != FORMAT) {
        throw new IOException("a heartbeat of format " + format + ", this release reads " + FORMAT);
      }
      var heartbeat =
          new Heartbeat(
              new NodeName(in.readUTF()),
              Term.told(in.readLong()),
              Role.valueOf(in.readUTF().toUpperCase(Locale.ROOT)),
              Term.told(in.readLong()),
              Term.told(in.readLong()),
              in.readBoolean(),
              in.readBoolean(),
              in.readBoolean(),
              in.readBoolean(),
              head(in.readUTF()),
              positive(in.readLong()).map(Duration::ofNanos),
              in.readBoolean() ? Optional.of(readHandover(in)) : Optional.empty(),
              in.readBoolean() ? Optional.of(readProgress(in)) : Optional.empty(),
              positive(in.readLong()).map(Term::told),
              in.readUTF(),
              readVotes(in));
      requireOrder(heartbeat);
      long life = in.readLong();
      long sequence = in.readLong();
      Instant wall = Instant.ofEpochMilli(in.readLong());
      String configHash = head(in.readUTF());
      Optional<NodeName> copiesFrom =
          Optional.of(in.readUTF()).filter(name -> !name.isEmpty()).map(NodeName::new);
      if (in.read() >= 0) {
        throw new IOException("a heartbeat with something behind its end");
      }
      return new Spoken(heartbeat, life, sequence, wall, configHash, copiesFrom);
    } catch (IllegalArgumentException malformed) {
      throw new IOException("a malformed heartbeat: " + malformed.getMessage(), malformed);
    }
  }

  private static void requireOrder(Heartbeat heartbeat) throws IOException {
    Term reign = heartbeat.reign();
    if (reign.isAfter(heartbeat.term()) || heartbeat.served().isAfter(reign)) {
      throw new IOException(
          "a malformed heartbeat: term %s, reign %s, served in %s"
              .formatted(heartbeat.term(), reign, heartbeat.served()));
    }
  }

  private static Handover readHandover(DataInputStream in) throws IOException {
    return new Handover(
        in.readLong(),
        new NodeName(in.readUTF()),
        Stage.valueOf(in.readUTF()),
        Term.told(in.readLong()));
  }

  private static Progress readProgress(DataInputStream in) throws IOException {
    return new Progress(
        in.readLong(),
        Stage.valueOf(in.readUTF()),
        in.readBoolean(),
        in.readBoolean(),
        head(in.readUTF()));
  }

  private static Votes readVotes(DataInputStream in) throws IOException {
    return new Votes(
        in.readLong(),
        in.readBoolean() ? Optional.of(readBid(in)) : Optional.empty(),
        in.readBoolean()
            ? Optional.of(new Ballot(new NodeName(in.readUTF()), readBid(in)))
            : Optional.empty(),
        Term.told(in.readLong()));
  }

  private static Bid readBid(DataInputStream in) throws IOException {
    var term = Term.told(in.readLong());
    long life = in.readLong();
    var sentAt = new Moment(in.readLong());
    long lease = in.readLong();
    if (lease <= 0 || lease > LONGEST_LEASE.toNanos()) {
      throw new IllegalArgumentException("a lease of " + lease + " ns");
    }
    return new Bid(term, life, sentAt, Duration.ofNanos(lease));
  }

  private static Optional<Long> positive(long number) {
    return number < 0 ? Optional.empty() : Optional.of(number);
  }

  private static String head(String text) {
    if (text.length() > LARGEST_HEAD) {
      throw new IllegalArgumentException("a name of " + text.length() + " characters");
    }
    return text;
  }
}
