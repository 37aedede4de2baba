package understudy.wire;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What all nodes of one cluster know and no one else: an id (32 hex digits) and 256 secret bits.
 */
public final class ClusterSecret {
  private static final int SECRET_BYTES = 32;
  private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");

  private final String id;
  private final byte[] secret;

  private ClusterSecret(String id, byte[] secret) {
    if (!ID.matcher(id).matches() || secret.length != SECRET_BYTES) {
      throw new IllegalArgumentException(
          "a cluster has an id of 32 hex digits and a secret of " + SECRET_BYTES + " bytes");
    }
    this.id = id;
    this.secret = secret.clone();
  }

  /** A new cluster. */
  public static ClusterSecret random() {
    SecureRandom random = new SecureRandom();
    byte[] id = new byte[16];
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(id);
    random.nextBytes(secret);
    return new ClusterSecret(HexFormat.of().formatHex(id), secret);
  }

  /** Reads what {@link #exported} gave. */
  public static ClusterSecret of(String id, String secretHex) {
    return new ClusterSecret(id, HexFormat.of().parseHex(secretHex));
  }

  public String id() {
    return id;
  }

  /** The secret as hex digits, for the file of this node and for a node that was just proven. */
  public String exported() {
    return HexFormat.of().formatHex(secret);
  }

  byte[] secret() {
    return secret.clone();
  }

  /** HMAC-SHA256 under the secret over the id and the parts, each with its length before it. */
  byte[] proof(String label, byte[]... parts) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      mac.update(("understudy " + label + " " + id + "\n").getBytes(StandardCharsets.UTF_8));
      for (byte[] part : parts) {
        mac.update((part.length + "\n").getBytes(StandardCharsets.US_ASCII));
        mac.update(part);
      }
      return mac.doFinal();
    } catch (GeneralSecurityException everyJavaHasIt) {
      throw new AssertionError(everyJavaHasIt);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClusterSecret that
        && id.equals(that.id)
        && MessageDigest.isEqual(secret, that.secret);
  }

  @Override
  public int hashCode() {
    return id.hashCode() + 31 * Arrays.hashCode(secret);
  }

  /** Never shows the secret. */
  @Override
  public String toString() {
    return "cluster " + id;
  }
}
