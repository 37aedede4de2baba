package understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import understudy.time.Moment;
import understudy.time.SystemClock;

class ForwarderTest {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private final SystemClock clock = new SystemClock();
  private final HealthServer alphaHealth = HealthServer.plain();
  private final HealthServer betaHealth = HealthServer.selfSigned();
  private final EchoServer alpha = new EchoServer("alpha");
  private final EchoServer beta = new EchoServer("beta");
  private final Forwarder forwarder;

  ForwarderTest() throws Exception {
    forwarder =
        Forwarder.start(
            ANY_PORT,
            List.of(
                new Forwarder.Backend("alpha", alphaHealth.address(), alpha.address()),
                new Forwarder.Backend("beta", betaHealth.address(), beta.address())),
            clock);
  }

  @BeforeEach
  void alphaIsActive() {
    alphaHealth.active(true);
    awaitActive(Optional.of("alpha"));
  }

  @AfterEach
  void close() throws IOException {
    forwarder.close();
    alphaHealth.close();
    betaHealth.close();
    alpha.close();
    beta.close();
  }

  @Test
  void bytesGoBothWaysAndTheEndOfTheRequestReachesTheService() throws Exception {
    try (Socket client = connect()) {
      byte[] request = new byte[1 << 20];
      Arrays.fill(request, (byte) 'x');
      Thread writer = Thread.ofVirtual().start(() -> send(client, request));
      byte[] answer = client.getInputStream().readAllBytes();
      writer.join();
      assertThat(answer).hasSize("alpha\n".length() + request.length);
    }
  }

  @Test
  void newConnectionsFollowTheActiveNodeAndOldOnesAreClosed() throws Exception {
    try (Socket old = connect()) {
      assertThat(firstLine(old)).isEqualTo("alpha");

      alphaHealth.active(false);
      betaHealth.active(true);
      awaitActive(Optional.of("beta"));

      old.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
      assertThatThrownBy(() -> old.getInputStream().read()).isInstanceOf(SocketException.class);
      try (Socket fresh = connect()) {
        assertThat(firstLine(fresh)).isEqualTo("beta");
      }
    }
  }

  @Test
  void withoutAnActiveNodeAConnectionEndsAtOnce() throws Exception {
    alphaHealth.active(false);
    awaitActive(Optional.empty());
    assertThat(answerOfNewConnection()).isEmpty();
  }

  @Test
  void aServiceThatDoesNotListenEndsTheConnectionAtOnce() throws Exception {
    alpha.close();
    assertThat(answerOfNewConnection()).isEmpty();
  }

  @Test
  void ofTwoThatClaimToBeActiveTheLaterOneIsTaken() {
    betaHealth.active(true);
    awaitActive(Optional.of("beta"));
    betaHealth.active(false);
    awaitActive(Optional.of("alpha"));
  }

  @Test
  void aNodeWhoseHealthIsGoneIsNotActive() {
    alphaHealth.close();
    awaitActive(Optional.empty());
  }

  @Test
  void addressesOutsideTheLoopbackAreRefused() {
    URI far = URI.create("https://192.0.2.1/health/active");
    assertThatThrownBy(() -> new Forwarder.Backend("far", far, alpha.address()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("192.0.2.1");
    InetSocketAddress farService = new InetSocketAddress("192.0.2.2", 1);
    assertThatThrownBy(() -> new Forwarder.Backend("far", alphaHealth.address(), farService))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("192.0.2.2");
  }

  private void awaitActive(Optional<String> node) {
    Moment limit = clock.now().plus(LIMIT);
    while (!forwarder.active().equals(node) && clock.now().isBefore(limit)) {
      LockSupport.parkNanos(Duration.ofMillis(2).toNanos());
    }
    assertThat(forwarder.active()).isEqualTo(node);
  }

  private Socket connect() throws IOException {
    return new Socket(forwarder.address().getAddress(), forwarder.address().getPort());
  }

  private Optional<String> answerOfNewConnection() {
    try (Socket client = connect()) {
      client.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
      return Optional.ofNullable(firstLine(client));
    } catch (SocketException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new AssertionError("the connection was left open", e);
    }
  }

  private static String firstLine(Socket socket) throws IOException {
    return new BufferedReader(
            new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
        .readLine();
  }

  private static void send(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
    } catch (IOException e) {
      throw new AssertionError("could not send", e);
    }
  }
}
