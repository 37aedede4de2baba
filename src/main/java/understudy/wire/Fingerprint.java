package understudy.wire;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** SHA-256 of a certificate's DER form: 64 lower-case hexadecimal digits. */
public record Fingerprint(String hex) {
  private static final Pattern SHAPE = Pattern.compile("[0-9a-f]{64}");

  public Fingerprint {
    hex = hex.replace(":", "").toLowerCase(Locale.ROOT);
    if (!SHAPE.matcher(hex).matches()) {
      throw new IllegalArgumentException("a fingerprint has 64 hexadecimal digits");
    }
  }

  public static Fingerprint of(X509Certificate certificate) {
    try {
      return of(certificate.getEncoded());
    } catch (CertificateEncodingException damaged) {
      throw new IllegalArgumentException("the certificate cannot be encoded", damaged);
    }
  }

  static Fingerprint of(byte[] der) {
    return new Fingerprint(HexFormat.of().formatHex(sha256(der)));
  }

  byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  private static byte[] sha256(byte[] data) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(data);
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new AssertionError(everyJavaHasIt);
    }
  }

  /** The first 16 digits in groups of four: enough for people to compare. */
  public String brief() {
    return hex.substring(0, 16).replaceAll("(.{4})(?!$)", "$1-");
  }

  @Override
  public String toString() {
    return hex;
  }
}
