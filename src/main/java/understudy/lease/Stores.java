package understudy.lease;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import understudy.config.Endpoint;
import understudy.config.StoreConfig;

/** Opens the store that the cluster document names. */
public final class Stores {
  private static final int LARGEST_FILE_BYTES = 1024 * 1024;
  private static final List<String> KEY_KINDS = List.of("EC", "RSA", "EdDSA");

  private Stores() {}

  /**
   * A store that connects when it is asked.
   *
   * @param cluster names the key when the document does not
   * @param limit for one question
   * @throws IOException a file of a secret or certificate cannot be used
   */
  public static Store open(StoreConfig config, String cluster, Duration limit) throws IOException {
    return switch (config) {
      case StoreConfig.Etcd etcd ->
          new EtcdStore(
              etcd.endpoints(),
              etcd.key().orElse("/understudy/" + cluster),
              tls(etcd),
              Credentials.of(etcd.login()),
              limit);
      case StoreConfig.ZooKeeper zookeeper ->
          new ZooKeeperStore(
              zookeeper.servers().stream().map(Endpoint::toString).collect(Collectors.joining(",")),
              zookeeper.key().orElse("/understudy/" + cluster),
              Credentials.of(zookeeper.login()),
              limit);
    };
  }

  private static Optional<SSLContext> tls(StoreConfig.Etcd etcd) throws IOException {
    if (etcd.ca().isEmpty() && etcd.certificate().isEmpty()) {
      return Optional.empty();
    }
    try {
      TrustManager[] trusted = null;
      if (etcd.ca().isPresent()) {
        KeyStore anchors = emptyStore();
        for (Certificate anchor : certificates(etcd.ca().get())) {
          anchors.setCertificateEntry("ca" + anchors.size(), anchor);
        }
        TrustManagerFactory trust =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(anchors);
        trusted = trust.getTrustManagers();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(own(etcd), trusted, null);
      return Optional.of(context);
    } catch (GeneralSecurityException unfit) {
      throw new IOException("the certificates for etcd cannot be used: " + unfit, unfit);
    }
  }

  private static KeyManager[] own(StoreConfig.Etcd etcd)
      throws IOException, GeneralSecurityException {
    if (etcd.certificate().isEmpty() || etcd.certificateKey().isEmpty()) {
      return new KeyManager[0];
    }
    KeyStore shown = emptyStore();
    shown.setKeyEntry(
        "own",
        privateKey(etcd.certificateKey().get()),
        new char[0],
        certificates(etcd.certificate().get()).toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(shown, new char[0]);
    return keys.getKeyManagers();
  }

  private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, new char[0]);
    return store;
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(file)) {
      Collection<? extends Certificate> found =
          CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (found.isEmpty()) {
        throw new IOException(file + " holds no certificate");
      }
      return new ArrayList<>(found);
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException {
    if (Files.size(file) > LARGEST_FILE_BYTES) {
      throw new IOException(file + " is larger than any key");
    }
    String pem = Files.readString(file);
    if (!pem.contains("-----BEGIN PRIVATE KEY-----")) {
      throw new IOException(
          file + " holds no PKCS #8 key; convert it with: openssl pkcs8 -topk8 -nocrypt -in OLD");
    }
    String text = pem.replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
    var encoded = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text));
    var refusals = new ArrayList<String>();
    for (String kind : KEY_KINDS) {
      try {
        return KeyFactory.getInstance(kind).generatePrivate(encoded);
      } catch (GeneralSecurityException otherKind) {
        refusals.add(kind + ": " + otherKind.getMessage());
      }
    }
    throw new IOException(file + " holds no key that Java knows: " + refusals);
  }
}
