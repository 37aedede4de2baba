package understudy.wire;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import understudy.config.Endpoint;

/**
 * Opens TLS 1.3 connections to a certificate known beforehand and shows our own. Safe from any
 * thread; each call blocks at most about twice the limit.
 */
public final class Dialer {
  private final Identity identity;
  private final Duration limit;

  /**
   * A caller with this identity.
   *
   * @param limit how long connecting may take, and then each answer in the handshake
   */
  public Dialer(Identity identity, Duration limit) {
    this.identity = identity;
    this.limit = limit;
  }

  Duration limit() {
    return limit;
  }

  /**
   * Connects.
   *
   * @param protocol the ALPN name; the other side must choose it
   */
  public Contact dial(Endpoint at, Fingerprint expected, String protocol) {
    return dial(at, expected, protocol, Optional.empty());
  }

  /**
   * Connects from a certain address.
   *
   * @param from our own address to call from, so that a certain link is used
   */
  public Contact dial(
      Endpoint at, Fingerprint expected, String protocol, Optional<InetAddress> from) {
    Socket plain = new BufferedSocket();
    boolean open = false;
    try {
      plain.setOption(StandardSocketOptions.TCP_NODELAY, true);
      KeepAlive.on(plain);
      if (from.isPresent()) {
        plain.bind(new InetSocketAddress(from.get(), 0));
      }
      plain.connect(new InetSocketAddress(InetAddress.getByName(at.host()), at.port()), millis());
      Contact contact = shakeHands(plain, at, expected, protocol);
      open = contact instanceof Contact.Open;
      return contact;
    } catch (SocketTimeoutException silent) {
      return new Contact.Failed(new Reach.TimedOut(at, "connecting"));
    } catch (UnknownHostException unknown) {
      return new Contact.Failed(new Reach.Unreachable(at, "the name is unknown"));
    } catch (NoRouteToHostException noRoute) {
      return new Contact.Failed(new Reach.Unreachable(at, "no route to it"));
    } catch (ConnectException refused) {
      return new Contact.Failed(
          String.valueOf(refused.getMessage()).contains("refused")
              ? new Reach.Refused(at)
              : new Reach.Unreachable(at, String.valueOf(refused.getMessage())));
    } catch (IOException failed) {
      return new Contact.Failed(new Reach.Unreachable(at, String.valueOf(failed.getMessage())));
    } finally {
      if (!open) {
        closeQuietly(plain);
      }
    }
  }

  private Contact shakeHands(Socket plain, Endpoint at, Fingerprint expected, String protocol) {
    PinnedCertificate pin = new PinnedCertificate(expected);
    try {
      plain.setSoTimeout(millis());
      SSLSocket secure =
          (SSLSocket)
              Tls.calling(identity, pin)
                  .getSocketFactory()
                  .createSocket(plain, at.host(), at.port(), true);
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setProtocols(new String[] {Tls.VERSION});
      parameters.setApplicationProtocols(new String[] {protocol});
      parameters.setCipherSuites(new String[] {Tls.CIPHER});
      secure.setSSLParameters(parameters);
      secure.startHandshake();
      if (!protocol.equals(secure.getApplicationProtocol())) {
        return new Contact.Failed(new Reach.Unintelligible(at, "it does not offer " + protocol));
      }
      X509Certificate shown = (X509Certificate) secure.getSession().getPeerCertificates()[0];
      return new Contact.Open(shown, new SocketStream(plain, secure));
    } catch (SocketTimeoutException silent) {
      return new Contact.Failed(new Reach.TimedOut(at, "the TLS handshake"));
    } catch (IOException failed) {
      Optional<Fingerprint> seen = pin.shown().map(Fingerprint::of);
      return new Contact.Failed(
          seen.isPresent() && !seen.get().equals(expected)
              ? new Reach.WrongCertificate(at, expected, seen.get())
              : new Reach.Unintelligible(at, String.valueOf(failed.getMessage())));
    }
  }

  private int millis() {
    return Math.toIntExact(limit.toMillis());
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException alreadyBroken) {
      // The failure that led here is already the result; nothing is lost with this socket.
      assert socket.isClosed();
    }
  }
}
