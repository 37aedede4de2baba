package understudy.wire;

import java.io.IOException;
import java.security.cert.X509Certificate;

/** Takes streams of machines that are not members yet: a node that wants to join. */
public interface StrangerAcceptor {

  /**
   * Serves one stream on a thread of its own; the caller closes it. The other machine speaks first.
   *
   * @param certificate proven by TLS to be the caller's own, and nothing more
   */
  void accept(X509Certificate certificate, PeerStream stream) throws IOException;
}
