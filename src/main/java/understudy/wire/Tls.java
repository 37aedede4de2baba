package understudy.wire;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** TLS as nodes use it: each shows its own certificate and pins the other's. */
public final class Tls {
  /** Streams between members (ALPN). */
  public static final String PEER_PROTOCOL = "understudy/1";

  /** Streams between two machines that are being paired (ALPN). */
  public static final String PAIRING_PROTOCOL = "understudy-pair/1";

  /** The only version that nodes speak to each other. */
  static final String VERSION = "TLSv1.3";

  /** Every TLS 1.3 has it, and it is the fastest one where AES is in the processor. */
  static final String CIPHER = "TLS_AES_128_GCM_SHA256";

  private Tls() {}

  /**
   * For the listening side: shows our certificate and accepts any client certificate, or none. TLS
   * proves that the client owns what it shows; whoever takes the connection looks it up in {@link
   * Members}.
   */
  public static SSLContext listening(Identity identity) {
    return context(identity, new AnyCertificate(identity.certificate()));
  }

  /** For the calling side. */
  static SSLContext calling(Identity identity, TrustManager expected) {
    return context(identity, expected);
  }

  private static SSLContext context(Identity identity, TrustManager trust) {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {new OneKey(identity)}, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException everyJavaHasIt) {
      throw new IllegalStateException("cannot set up TLS", everyJavaHasIt);
    }
  }

  /** Always shows the one certificate that there is. */
  private static final class OneKey extends X509ExtendedKeyManager {
    private static final String ALIAS = "node";
    private final Identity identity;

    OneKey(Identity identity) {
      this.identity = identity;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
      return new String[] {ALIAS};
    }

    @Override
    public String chooseClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return ALIAS;
    }

    @Override
    public @Nullable String chooseServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
      return keyType.startsWith("EC") ? ALIAS : null;
    }

    @Override
    public String chooseEngineClientAlias(
        String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return ALIAS;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
        String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
      return keyType.startsWith("EC") ? ALIAS : null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {identity.certificate()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return identity.key();
    }
  }
}
