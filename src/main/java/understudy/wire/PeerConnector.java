package understudy.wire;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.util.Optional;
import understudy.config.Endpoint;

/** Opens proven streams to members. Safe from any thread; calls block within the dialer's limit. */
public final class PeerConnector {
  private final Dialer dialer;
  private final Greeting greeting;

  public PeerConnector(Dialer dialer, Greeting greeting) {
    this.dialer = dialer;
    this.greeting = greeting;
  }

  /**
   * Tries the addresses of the member in order.
   *
   * @return the first that was reached, else what came of the last
   */
  public Reach connect(Member peer, Purpose purpose) {
    Reach last = connect(peer, peer.addresses().getFirst(), purpose);
    for (Endpoint at : peer.addresses().subList(1, peer.addresses().size())) {
      if (last instanceof Reach.Reached) {
        return last;
      }
      last = connect(peer, at, purpose);
    }
    return last;
  }

  public Reach connect(Member peer, Endpoint at, Purpose purpose) {
    return connect(peer, at, purpose, Optional.empty());
  }

  /**
   * Tries one address.
   *
   * @param from our own address to call from, so that a certain link is used
   */
  public Reach connect(Member peer, Endpoint at, Purpose purpose, Optional<InetAddress> from) {
    return switch (dialer.dial(at, peer.fingerprint(), Tls.PEER_PROTOCOL, from)) {
      case Contact.Failed failed -> failed.why();
      case Contact.Open open -> greet(peer, at, purpose, open.stream());
    };
  }

  private Reach greet(Member peer, Endpoint at, Purpose purpose, PeerStream stream) {
    boolean reached = false;
    try {
      stream.limitReads(dialer.limit());
      Reach reach = greeting.call(at, peer, purpose, stream);
      reached = reach instanceof Reach.Reached;
      return reach;
    } catch (SocketTimeoutException silent) {
      return new Reach.TimedOut(at, "the greeting");
    } catch (EOFException hungUp) {
      return new Reach.Unintelligible(at, "it hung up during the greeting");
    } catch (IOException | IllegalArgumentException failed) {
      return new Reach.Unintelligible(at, String.valueOf(failed.getMessage()));
    } finally {
      if (!reached) {
        stream.close();
      }
    }
  }
}
