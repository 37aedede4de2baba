package understudy.api;

import java.io.IOException;
import java.net.Socket;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.wire.KeepAlive;

/** The listener of the TLS port; notices callers that are gone without a goodbye. */
final class SecureConnector extends ServerConnector {
  private static final Logger LOG = LoggerFactory.getLogger(SecureConnector.class);

  /** With one acceptor and one selector. */
  SecureConnector(Server server, ConnectionFactory... factories) {
    super(server, 1, 1, factories);
  }

  @Override
  protected void configure(Socket socket) {
    super.configure(socket);
    try {
      KeepAlive.on(socket);
    } catch (IOException gone) {
      LOG.debug("{} hung up at once: {}", socket.getRemoteSocketAddress(), gone.getMessage());
    }
  }
}
