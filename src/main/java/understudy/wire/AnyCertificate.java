package understudy.wire;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Lets every client certificate through the handshake, because trust is decided afterwards by
 * looking it up. Never for the calling side: it refuses every server.
 */
final class AnyCertificate extends X509ExtendedTrustManager {
  private final X509Certificate own;

  AnyCertificate(X509Certificate own) {
    this.own = own;
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) {}

  @Override
  public void checkClientTrusted(
      X509Certificate[] chain, String authType, @Nullable Socket socket) {}

  @Override
  public void checkClientTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine) {}

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("this side only listens");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, @Nullable Socket socket)
      throws CertificateException {
    throw new CertificateException("this side only listens");
  }

  @Override
  public void checkServerTrusted(
      X509Certificate[] chain, String authType, @Nullable SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("this side only listens");
  }

  /** Named to clients as the wanted issuer, so that browsers do not offer people's certificates. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[] {own};
  }
}
