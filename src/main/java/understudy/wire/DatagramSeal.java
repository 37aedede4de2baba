package understudy.wire;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * Seals heartbeats to one member with AES-256-GCM under a session of this process.
 *
 * <p>Datagram: version (1 byte), session (16), echo (16): the last session heard from the receiver
 * or zeros, counter (8, big-endian, from 1), then ciphertext and tag (16). Everything before the
 * ciphertext is authenticated; the nonce is four zero bytes and the counter. Safe from any thread.
 */
public final class DatagramSeal {
  static final byte VERSION = 1;
  static final int HEADER_BYTES = 1 + 2 * HeartbeatKeys.SESSION_BYTES + Long.BYTES;
  static final int TAG_BYTES = 16;

  /** What sealing adds. */
  public static final int OVERHEAD_BYTES = HEADER_BYTES + TAG_BYTES;

  /** Fits one Ethernet frame over IPv6. */
  public static final int LARGEST_PAYLOAD_BYTES = 1232 - OVERHEAD_BYTES;

  private final byte[] session = new byte[HeartbeatKeys.SESSION_BYTES];
  private final SecretKey key;
  private final Cipher cipher;
  private long counter;

  public DatagramSeal(HeartbeatKeys keys) {
    new SecureRandom().nextBytes(session);
    this.key = keys.sending(session);
    this.cipher = gcm();
  }

  byte[] session() {
    return session.clone();
  }

  /**
   * The datagram to send.
   *
   * @param echo the session last opened from the receiver ({@link DatagramOpen#lastSession})
   * @param payload at most {@link #LARGEST_PAYLOAD_BYTES}
   */
  public synchronized byte[] seal(byte[] payload, byte[] echo) {
    if (payload.length > LARGEST_PAYLOAD_BYTES) {
      throw new IllegalArgumentException("a heartbeat of " + payload.length + " bytes");
    }
    counter = Math.addExact(counter, 1);
    ByteBuffer datagram = ByteBuffer.allocate(OVERHEAD_BYTES + payload.length);
    datagram.put(VERSION).put(session).put(echo, 0, HeartbeatKeys.SESSION_BYTES).putLong(counter);
    try {
      cipher.init(Cipher.ENCRYPT_MODE, key, nonce(counter));
      cipher.updateAAD(Arrays.copyOf(datagram.array(), HEADER_BYTES));
      datagram.put(cipher.doFinal(payload));
    } catch (GeneralSecurityException ourMistake) {
      throw new IllegalStateException("cannot seal heartbeat " + counter, ourMistake);
    }
    return datagram.array();
  }

  static GCMParameterSpec nonce(long counter) {
    return new GCMParameterSpec(
        8 * TAG_BYTES, ByteBuffer.allocate(12).putInt(0).putLong(counter).array());
  }

  static Cipher gcm() {
    try {
      return Cipher.getInstance("AES/GCM/NoPadding");
    } catch (GeneralSecurityException everyJavaHasIt) {
      throw new AssertionError(everyJavaHasIt);
    }
  }
}
