package understudy.heartbeat;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.wire.Frames;
import understudy.wire.Member;
import understudy.wire.PeerConnection;
import understudy.wire.PeerConnector;
import understudy.wire.Purpose;
import understudy.wire.Reach;

/**
 * The second path: our heartbeats to one peer over TLS. Only the latest is kept; one that cannot be
 * sent in time is replaced, never queued.
 */
final class StreamLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamLink.class);

  private final Member peer;
  private final PeerConnector connector;
  private final Duration retry;
  private final Thread thread;
  private Optional<byte[]> latest = Optional.empty();
  private volatile Optional<PeerConnection> open = Optional.empty();
  private volatile boolean closing;
  private boolean failing;

  StreamLink(Member peer, PeerConnector connector, Duration retry) {
    this.peer = peer;
    this.connector = connector;
    this.retry = retry;
    this.thread = Thread.ofVirtual().name("speaks to " + peer.name()).unstarted(this::speak);
  }

  void start() {
    thread.start();
  }

  synchronized void send(byte[] heartbeat) {
    latest = Optional.of(heartbeat);
    notifyAll();
  }

  private synchronized byte[] next() throws InterruptedException {
    while (latest.isEmpty()) {
      wait();
    }
    byte[] heartbeat = latest.get();
    latest = Optional.empty();
    return heartbeat;
  }

  private void speak() {
    try {
      while (!closing) {
        switch (connector.connect(peer, Purpose.HEARTBEAT)) {
          case Reach.Reached(_, PeerConnection connection) -> speakOn(connection);
          case Reach failed -> complain(failed.sentence());
        }
        Thread.sleep(retry);
      }
    } catch (InterruptedException stopping) {
      LOG.debug("no more heartbeats to {}", peer.name());
    }
  }

  private void speakOn(PeerConnection connection) throws InterruptedException {
    open = Optional.of(connection);
    failing = false;
    try (connection) {
      while (!closing) {
        Frames.write(connection.out(), next());
        connection.out().flush();
      }
    } catch (IOException broken) {
      complain(String.valueOf(broken.getMessage()));
    } finally {
      open = Optional.empty();
    }
  }

  private void complain(String why) {
    if (!failing && !closing) {
      LOG.info("no heartbeat stream to {}: {}", peer.name(), why);
    }
    failing = true;
  }

  @Override
  public void close() {
    closing = true;
    thread.interrupt();
    open.ifPresent(PeerConnection::close);
  }
}
