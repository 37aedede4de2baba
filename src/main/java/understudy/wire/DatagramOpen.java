package understudy.wire;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;

/**
 * Opens heartbeats of one member, each at most once. Remembers the eight sessions used last, each
 * with a window of 64 counters. Safe from any thread.
 *
 * <p>A recording of a former session can be played back to a process that never saw it; such a
 * datagram opens, but does not echo our session: {@link Opened#isAnswer} is false. So treat only
 * answers as proof that the peer lives <em>now</em> and hears us; others show at least that some
 * instance of it sent this once.
 */
public final class DatagramOpen {
  private static final int SESSIONS = 8;
  private static final int WINDOW = Long.SIZE;

  private final HeartbeatKeys keys;
  private final byte[] ownSession;
  private final Cipher cipher = DatagramSeal.gcm();
  private final Map<String, Session> sessions =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Session> eldest) {
          return size() > SESSIONS;
        }
      };
  private boolean wasAnswered;
  private byte[] lastSession = new byte[HeartbeatKeys.SESSION_BYTES];

  /**
   * An opener without any memory yet.
   *
   * @param ours what we seal to the same member with
   */
  public DatagramOpen(HeartbeatKeys keys, DatagramSeal ours) {
    this.keys = keys;
    this.ownSession = ours.session();
  }

  /**
   * A heartbeat as it was sent.
   *
   * @param payload read-only
   * @param session the sender's, in hex: changes when it restarts
   * @param counter grows by one with each datagram of the session
   * @param isAnswer the sender had heard a datagram of our present session
   */
  public record Opened(ByteBuffer payload, String session, long counter, boolean isAnswer) {}

  /** The session last heard, to be echoed; zeros before the first. */
  public synchronized byte[] lastSession() {
    return lastSession.clone();
  }

  synchronized int rememberedSessions() {
    return sessions.size();
  }

  /** Empty when the datagram is not from this member, damaged, or was opened before. */
  public synchronized Optional<Opened> open(byte[] datagram) {
    if (datagram.length < DatagramSeal.OVERHEAD_BYTES || datagram[0] != DatagramSeal.VERSION) {
      return Optional.empty();
    }
    ByteBuffer header = ByteBuffer.wrap(datagram);
    byte[] id = new byte[HeartbeatKeys.SESSION_BYTES];
    byte[] echo = new byte[HeartbeatKeys.SESSION_BYTES];
    header.position(1).get(id).get(echo);
    long counter = header.getLong();
    String name = HexFormat.of().formatHex(id);
    Session known = sessions.get(name);
    Session session = known == null ? new Session(keys.receiving(id)) : known;
    if (counter < 1 || session.saw(counter)) {
      return Optional.empty();
    }
    Optional<byte[]> payload = decrypt(session.key, counter, datagram);
    if (payload.isEmpty()) {
      return Optional.empty();
    }
    session.mark(counter);
    sessions.put(name, session);
    boolean isAnswer = HeartbeatKeys.areEqual(echo, ownSession);
    if (isAnswer || !wasAnswered) {
      // Once answered, only answers move the echo: a recording cannot take it over.
      lastSession = id;
    }
    wasAnswered |= isAnswer;
    return Optional.of(
        new Opened(ByteBuffer.wrap(payload.get()).asReadOnlyBuffer(), name, counter, isAnswer));
  }

  private Optional<byte[]> decrypt(SecretKey key, long counter, byte[] datagram) {
    try {
      cipher.init(Cipher.DECRYPT_MODE, key, DatagramSeal.nonce(counter));
      cipher.updateAAD(Arrays.copyOf(datagram, DatagramSeal.HEADER_BYTES));
      return Optional.of(
          cipher.doFinal(
              datagram, DatagramSeal.HEADER_BYTES, datagram.length - DatagramSeal.HEADER_BYTES));
    } catch (GeneralSecurityException notFromThere) {
      return Optional.empty();
    }
  }

  /** What was seen of one session: the highest counter, and one bit for each of the 64 up to it. */
  private static final class Session {
    final SecretKey key;
    private long highest;
    private long seen;

    Session(SecretKey key) {
      this.key = key;
    }

    boolean saw(long counter) {
      if (counter > highest) {
        return false;
      }
      long age = highest - counter;
      return age >= WINDOW || (seen & (1L << age)) != 0;
    }

    void mark(long counter) {
      if (counter > highest) {
        long step = counter - highest;
        seen = step >= WINDOW ? 1 : (seen << step) | 1;
        highest = counter;
      } else {
        seen |= 1L << (highest - counter);
      }
    }
  }
}
