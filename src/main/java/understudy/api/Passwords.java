package understudy.api;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.Semaphore;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * Argon2id hashes of passwords (RFC 9106) in the usual text form {@code
 * $argon2id$v=19$m=…,t=…,p=…$salt$hash}. Costs 19 MiB and some ten milliseconds a try; at most two
 * run at once, so that guessing cannot take the machine's memory.
 */
final class Passwords {
  static final int SHORTEST = 8;
  static final int LONGEST = 256;
  private static final int MEMORY_KIB = 19 * 1024;
  private static final int PASSES = 2;
  private static final int LANES = 1;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final String PREFIX =
      "$argon2id$v=19$m=" + MEMORY_KIB + ",t=" + PASSES + ",p=" + LANES + "$";
  private static final Semaphore AT_ONCE = new Semaphore(2);

  private Passwords() {}

  static String hash(char[] password) {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return PREFIX
        + base64.encodeToString(salt)
        + "$"
        + base64.encodeToString(derive(password, salt));
  }

  /** Throws {@link IllegalArgumentException} for a text that {@link #hash} did not make. */
  static boolean matches(char[] password, String hash) {
    int middle = hash.indexOf('$', PREFIX.length());
    if (!hash.startsWith(PREFIX) || middle < 0) {
      throw new IllegalArgumentException("a password hash in users.json has an unknown form");
    }
    byte[] salt = Base64.getDecoder().decode(hash.substring(PREFIX.length(), middle));
    byte[] expected = Base64.getDecoder().decode(hash.substring(middle + 1));
    return MessageDigest.isEqual(expected, derive(password, salt));
  }

  private static byte[] derive(char[] password, byte[] salt) {
    AT_ONCE.acquireUninterruptibly();
    try {
      Argon2BytesGenerator generator = new Argon2BytesGenerator();
      generator.init(
          new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
              .withMemoryAsKB(MEMORY_KIB)
              .withIterations(PASSES)
              .withParallelism(LANES)
              .withSalt(salt)
              .build());
      byte[] hash = new byte[HASH_BYTES];
      generator.generateBytes(new String(password).getBytes(StandardCharsets.UTF_8), hash);
      return hash;
    } finally {
      AT_ONCE.release();
    }
  }
}
