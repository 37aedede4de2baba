package understudy.wire;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Accepts exactly the server that has this fingerprint; remembers what was shown. One handshake.
 */
final class PinnedCertificate extends X509ExtendedTrustManager {
  private final Fingerprint expected;
  private volatile @Nullable X509Certificate shown;

  PinnedCertificate(Fingerprint expected) {
    this.expected = expected;
  }

  Optional<X509Certificate> shown() {
    return Optional.ofNullable(shown);
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    shown = chain[0];
    if (!Fingerprint.of(chain[0]).equals(expected)) {
      throw new CertificateException("not the pinned certificate");
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this side only calls");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    throw new CertificateException("this side only calls");
  }

  @Override
  public void checkClientTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("this side only calls");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
