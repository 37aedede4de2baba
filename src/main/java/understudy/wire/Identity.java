package understudy.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;
import java.util.Optional;
import understudy.failover.NodeName;

/**
 * Who this node is: its own EC P-256 key and the self-signed certificate that peers pin. The key is
 * made on this machine, kept in {@code identity.pem} (mode 0600) of the state directory, and never
 * leaves it.
 */
public final class Identity {
  private static final String FILE = "identity.pem";

  private final PrivateKey key;
  private final X509Certificate certificate;

  private Identity(PrivateKey key, X509Certificate certificate) {
    this.key = key;
    this.certificate = certificate;
  }

  /**
   * Makes a new identity in memory.
   *
   * @param hosts names and addresses by which others reach this node
   */
  public static Identity create(NodeName name, List<String> hosts) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      return new Identity(keys.getPrivate(), SelfSigned.certificate(keys, name, hosts));
    } catch (GeneralSecurityException everyJavaHasIt) {
      throw new IllegalStateException("cannot make a key for " + name, everyJavaHasIt);
    }
  }

  /** Where the identity lives in a state directory. */
  public static Path file(Path state) {
    return state.resolve(FILE);
  }

  /** Empty when this machine has none yet; throws when there is one that cannot be read. */
  public static Optional<Identity> load(Path state) throws IOException {
    Path file = file(state);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    try {
      PrivateKey key =
          KeyFactory.getInstance("EC")
              .generatePrivate(new PKCS8EncodedKeySpec(Certificates.fromPem("PRIVATE KEY", text)));
      return Optional.of(
          new Identity(key, Certificates.fromDer(Certificates.fromPem("CERTIFICATE", text))));
    } catch (GeneralSecurityException damaged) {
      throw new IOException(
          "the identity in " + file + " is damaged: restore it, or pair this node anew", damaged);
    }
  }

  public void save(Path state) throws IOException {
    String text =
        Certificates.pem("PRIVATE KEY", key.getEncoded()) + Certificates.pem("CERTIFICATE", der());
    DurableFile.write(file(state), text.getBytes(StandardCharsets.US_ASCII));
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public Fingerprint fingerprint() {
    return Fingerprint.of(certificate);
  }

  PrivateKey key() {
    return key;
  }

  private byte[] der() {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException damaged) {
      throw new IllegalStateException("our own certificate cannot be encoded", damaged);
    }
  }
}
