package understudy.wire;

import java.security.cert.X509Certificate;

/** What came of a TLS connection to a machine known by its fingerprint only. */
public sealed interface Contact {

  /** Open; the certificate has the expected fingerprint. */
  record Open(X509Certificate certificate, PeerStream stream) implements Contact {}

  /** Not open; {@code why} is never {@link Reach.Reached}. */
  record Failed(Reach why) implements Contact {}
}
