package understudy.pairing;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import understudy.config.Endpoint;
import understudy.wire.Fingerprint;

/**
 * What one machine gives to another so that it may join: one line of text, {@code understudy:} and
 * base64url. It ends with a checksum, so that a half-copied line is noticed before anything is
 * tried.
 *
 * @param id names the invite, not secret
 * @param secret 32 random bytes as hex digits, good once
 * @param expires by the inviter's wall clock; the inviter itself decides by its own
 */
public record Invite(
    String id,
    String secret,
    Fingerprint fingerprint,
    String cluster,
    List<Endpoint> addresses,
    Instant expires) {
  private static final String PREFIX = "understudy:";
  private static final int VERSION = 1;
  private static final int LONGEST = 4096;
  private static final int CHECKSUM_BYTES = 4;
  private static final int MOST_ADDRESSES = 8;

  public Invite {
    addresses = List.copyOf(addresses);
    if (addresses.isEmpty() || addresses.size() > MOST_ADDRESSES) {
      throw new IllegalArgumentException("an invite names 1 to " + MOST_ADDRESSES + " addresses");
    }
  }

  /** The line to paste. */
  public String line() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      DataOutputStream data = new DataOutputStream(bytes);
      data.writeByte(VERSION);
      data.write(HexFormat.of().parseHex(id));
      data.write(HexFormat.of().parseHex(secret));
      data.write(HexFormat.of().parseHex(fingerprint.hex()));
      data.write(HexFormat.of().parseHex(cluster));
      data.writeLong(expires.getEpochSecond());
      data.writeByte(addresses.size());
      for (Endpoint address : addresses) {
        data.writeUTF(address.toString());
      }
      data.write(checksum(bytes.toByteArray()));
    } catch (IOException memoryNeverFails) {
      throw new AssertionError(memoryNeverFails);
    }
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  /** Reads a line; throws {@link IllegalArgumentException} that says what is wrong with it. */
  public static Invite parse(String line) {
    String text = line.strip();
    if (!text.startsWith(PREFIX) || text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "this is not an invite: it is one line that starts with " + PREFIX);
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text.substring(PREFIX.length()));
      int end = bytes.length - CHECKSUM_BYTES;
      if (end < 1
          || !Arrays.equals(
              checksum(Arrays.copyOf(bytes, end)), Arrays.copyOfRange(bytes, end, bytes.length))) {
        throw garbled();
      }
      return read(new DataInputStream(new ByteArrayInputStream(bytes, 0, end)));
    } catch (IOException tooShort) {
      throw garbled();
    } catch (IllegalArgumentException notBase64) {
      throw notBase64.getMessage() != null && notBase64.getMessage().contains("invite")
          ? notBase64
          : garbled();
    }
  }

  private static Invite read(DataInputStream data) throws IOException {
    if (data.readUnsignedByte() != VERSION) {
      throw new IllegalArgumentException(
          "the invite was made by another version: install the same release on both machines");
    }
    String id = hex(data, 8);
    String secret = hex(data, 32);
    Fingerprint fingerprint = new Fingerprint(hex(data, 32));
    String cluster = hex(data, 16);
    Instant expires = Instant.ofEpochSecond(data.readLong());
    int count = data.readUnsignedByte();
    List<Endpoint> addresses = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      addresses.add(Endpoint.parse(data.readUTF()));
    }
    return new Invite(id, secret, fingerprint, cluster, addresses, expires);
  }

  private static String hex(DataInputStream data, int count) throws IOException {
    byte[] bytes = new byte[count];
    data.readFully(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private static IllegalArgumentException garbled() {
    return new IllegalArgumentException(
        "the invite is garbled: copy the whole line again, without breaks");
  }

  private static byte[] checksum(byte[] bytes) {
    try {
      return Arrays.copyOf(MessageDigest.getInstance("SHA-256").digest(bytes), CHECKSUM_BYTES);
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new AssertionError(everyJavaHasIt);
    }
  }

  /** Never shows the secret. */
  @Override
  public String toString() {
    return "invite " + id;
  }
}
