package understudy.api;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.io.SocketChannelEndPoint;
import org.eclipse.jetty.server.AbstractConnector;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

/**
 * Listens on a Unix socket (mode 0600). Whoever can open it owns this machine. A file that nobody
 * answers on is taken for a leftover and removed; one that answers means a running daemon.
 */
final class UnixSocketConnector extends AbstractConnector {
  private final Path file;
  private final SelectorManager selectors;
  private volatile @Nullable ServerSocketChannel channel;

  UnixSocketConnector(Server server, Path file, ConnectionFactory http) {
    super(server, null, null, null, 1, http);
    this.file = file;
    this.selectors = new Selectors();
    installBean(selectors, true);
  }

  @Override
  protected void doStart() throws Exception {
    channel = listen();
    super.doStart();
  }

  private ServerSocketChannel listen() throws IOException {
    if (Files.exists(file)) {
      if (isAnswered()) {
        throw new IOException(
            "another daemon answers on " + file + ": stop it, or give this one another socket");
      }
      Files.delete(file);
    }
    Path directory = file.toAbsolutePath().getParent();
    if (directory != null && !Files.isDirectory(directory)) {
      Files.createDirectories(
          directory,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    // Bound under a name nobody looks for, so that it is never reachable with open permissions.
    Path fresh =
        file.resolveSibling("." + file.getFileName() + "." + ProcessHandle.current().pid());
    Files.deleteIfExists(fresh);
    ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    try {
      listening.bind(UnixDomainSocketAddress.of(fresh));
      Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rw-------"));
      Files.move(fresh, file);
      return listening;
    } catch (IOException failed) {
      listening.close();
      throw new IOException("cannot listen on " + file + ": " + failed.getMessage(), failed);
    }
  }

  private boolean isAnswered() {
    try (SocketChannel probe = SocketChannel.open(UnixDomainSocketAddress.of(file))) {
      return probe.isConnected();
    } catch (IOException nobody) {
      return false;
    }
  }

  @Override
  protected void accept(int acceptor) throws IOException {
    ServerSocketChannel listening = channel;
    if (listening != null && listening.isOpen()) {
      SocketChannel accepted = listening.accept();
      accepted.configureBlocking(false);
      selectors.accept(accepted);
    }
  }

  @Override
  protected void doStop() throws Exception {
    ServerSocketChannel listening = channel;
    if (listening != null) {
      channel = null;
      listening.close();
      Files.deleteIfExists(file);
    }
    super.doStop();
  }

  @Override
  public Object getTransport() {
    return file;
  }

  private final class Selectors extends SelectorManager {
    Selectors() {
      super(UnixSocketConnector.this.getExecutor(), UnixSocketConnector.this.getScheduler(), 1);
    }

    @Override
    protected EndPoint newEndPoint(
        SelectableChannel accepted, ManagedSelector selector, SelectionKey key) {
      SocketChannelEndPoint endPoint =
          new SocketChannelEndPoint((SocketChannel) accepted, selector, key, getScheduler());
      endPoint.setIdleTimeout(getIdleTimeout());
      return endPoint;
    }

    @Override
    public Connection newConnection(
        SelectableChannel accepted, EndPoint endPoint, Object attachment) {
      return getDefaultConnectionFactory().newConnection(UnixSocketConnector.this, endPoint);
    }

    @Override
    protected void endPointOpened(EndPoint endPoint) {
      super.endPointOpened(endPoint);
      onEndPointOpened(endPoint);
    }

    @Override
    protected void endPointClosed(EndPoint endPoint) {
      onEndPointClosed(endPoint);
      super.endPointClosed(endPoint);
    }
  }
}
