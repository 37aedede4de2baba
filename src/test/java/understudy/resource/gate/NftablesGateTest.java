package understudy.resource.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import understudy.config.ResourceConfig.GatedPort;
import understudy.config.ResourceConfig.Protocol;
import understudy.linux.BootTime;
import understudy.resource.Eventually;
import understudy.resource.Link;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.time.Clock;

/** The gate in the real kernel: a client sends through it while it moves. */
class NftablesGateTest {
  private static final String SHARED = "10.77.0.50";
  private static final int PORT = 7000;
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final int PATIENCE_MILLIS = 300;

  private final Clock clock = new BootTime();
  private Link link;
  private Gate gate;

  @BeforeEach
  void raise() throws Exception {
    link = new Link();
    link.alpha.ip("address add " + SHARED + "/24 dev eth0");
    link.alpha.ip("address add fd77::50/64 dev eth0 nodad");
    gate = gate();
    assertThat(link.alpha.in(gate::ensure)).isInstanceOf(Outcome.Done.class);
  }

  @AfterEach
  void remove() throws Exception {
    gate.release();
    link.close();
  }

  private Gate gate() throws Exception {
    Protection protection =
        new Protection(
            List.of(InetAddress.getByName(SHARED), InetAddress.getByName("fd77::50")),
            List.of(
                new GatedPort(Optional.empty(), 8443, Protocol.TCP),
                new GatedPort(
                    Optional.of(InetAddress.getByName("10.77.0.11")), 9443, Protocol.TCP)));
    return link.alpha.in(() -> NftablesGate.of("ledger-alpha", protection, clock));
  }

  private Outcome open(Duration lease) throws Exception {
    return link.alpha.in(
        () -> {
          gate.extend(clock.now().plus(lease));
          return gate.move(Gate.State.OPEN);
        });
  }

  private Outcome move(Gate.State state) throws Exception {
    return link.alpha.in(() -> gate.move(state));
  }

  private ServerSocket listen(String address, int port) throws Exception {
    return link.alpha.in(() -> new ServerSocket(port, 50, InetAddress.getByName(address)));
  }

  private Socket connect(String address, int port) throws Exception {
    return link.client.in(
        () -> {
          Socket socket = new Socket();
          socket.connect(new InetSocketAddress(address, port), PATIENCE_MILLIS);
          socket.setSoTimeout(PATIENCE_MILLIS);
          return socket;
        });
  }

  private void assertNoAnswer(String address, int port) {
    assertThatThrownBy(() -> connect(address, port)).isInstanceOf(SocketTimeoutException.class);
  }

  @ParameterizedTest
  @ValueSource(longs = {1000, 2000, 3000})
  void shutsByItselfToTheMillisecondWhenTheMandateEnds(long lease) throws Exception {
    try (Stream stream = new Stream(link.client, link.alpha, SHARED, PORT)) {
      long opened = System.nanoTime();
      assertThat(open(Duration.ofMillis(lease)).isDone()).isTrue();
      long opening = (System.nanoTime() - opened) / 1_000_000;
      Eventually.await("packets come", Duration.ofSeconds(10), () -> stream.arrived() > 0);
      long over = opened + TimeUnit.MILLISECONDS.toNanos(lease + 50);
      Eventually.await(
          "packets are sent beyond the mandate",
          Duration.ofSeconds(5),
          () -> stream.hasSentAfter(over));
      long lasted = (stream.lastSentNanos() - opened) / 1_000_000;
      long refused = (stream.firstLostNanos() - opened) / 1_000_000;
      long began = (stream.arrivals().getFirst().sentNanos() - opened) / 1000;
      System.out.println(
          "gate of "
              + lease
              + " ms: first packet after "
              + began
              + " us, last at "
              + lasted
              + " ms, first refused at "
              + refused
              + " ms");
      assertThat(lasted).isLessThanOrEqualTo(lease + opening + 20);
      assertThat(refused).isGreaterThanOrEqualTo(lease - 20);
    }
  }

  @Test
  void staysOpenWithoutAGapWhileItIsRefreshed() throws Exception {
    assertThat(open(Duration.ofSeconds(3)).isDone()).isTrue();
    List<Long> micros = new ArrayList<>();
    try (Stream stream = new Stream(link.client, link.alpha, SHARED, PORT)) {
      Eventually.await("packets come", Duration.ofSeconds(10), () -> stream.arrived() > 0);
      long begin = System.nanoTime();
      long end = begin + Duration.ofSeconds(5).toNanos();
      while (System.nanoTime() < end) {
        long before = System.nanoTime();
        gate.extend(clock.now().plus(Duration.ofSeconds(3)));
        micros.add((System.nanoTime() - before) / 1000);
        TimeUnit.MILLISECONDS.sleep(5);
      }
      Eventually.await(
          "the last packets arrive",
          Duration.ofSeconds(1),
          () -> stream.lostBetween(begin, end) == 0);
    }
    Collections.sort(micros);
    System.out.println(
        micros.size()
            + " gate refreshes: median "
            + micros.get(micros.size() / 2)
            + " us, worst "
            + micros.getLast());
    assertThat(micros.get(micros.size() / 2)).isLessThan(5000);
  }

  @Test
  void holdingLetsConnectionsGoOnAndAnswersNoNewOne() throws Exception {
    open(LONG);
    try (ServerSocket server = listen(SHARED, PORT);
        Socket client = connect(SHARED, PORT);
        Socket served = server.accept()) {
      assertThat(move(Gate.State.HOLD).isDone()).isTrue();

      client.getOutputStream().write(1);
      assertThat(served.getInputStream().read()).isEqualTo(1);
      served.getOutputStream().write(2);
      assertThat(client.getInputStream().read()).isEqualTo(2);
      assertNoAnswer(SHARED, PORT);

      assertThat(move(Gate.State.OPEN).isDone()).isTrue();
      connect(SHARED, PORT).close();
    }
  }

  @Test
  void shuttingEndsConnectionsToo() throws Exception {
    open(LONG);
    try (ServerSocket server = listen(SHARED, PORT);
        Socket client = connect(SHARED, PORT);
        Socket served = server.accept()) {
      long begun = System.nanoTime();
      assertThat(move(Gate.State.SHUT).isDone()).isTrue();
      System.out.println(
          "gate shut in " + (System.nanoTime() - begun) / 1000 + " us (with a thread)");

      served.setSoTimeout(PATIENCE_MILLIS);
      client.getOutputStream().write(1);
      assertThatThrownBy(() -> served.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      assertNoAnswer(SHARED, PORT);
      assertThat(gate.state()).isEqualTo(Gate.State.SHUT);
    }
  }

  @Test
  void theMachineItselfAlwaysPasses() throws Exception {
    move(Gate.State.SHUT);
    try (ServerSocket server = listen(SHARED, PORT)) {
      link.alpha.in(
          () -> {
            new Socket(server.getInetAddress(), PORT).close();
            return null;
          });
      assertThat(server.accept().isConnected()).isTrue();
    }
  }

  @Test
  void onlyWhatIsProtectedIsShut() throws Exception {
    try (ServerSocket gated = listen("10.77.0.11", 8443);
        ServerSocket gatedHere = listen("10.77.0.11", 9443);
        ServerSocket free = listen("10.77.0.11", 9444);
        ServerSocket overV6 = listen("fd77::50", PORT)) {
      assertNoAnswer("10.77.0.11", gated.getLocalPort());
      assertNoAnswer("10.77.0.11", gatedHere.getLocalPort());
      assertNoAnswer("fd77::50", overV6.getLocalPort());
      connect("10.77.0.11", free.getLocalPort()).close();
      assertThat(link.client.command("ping -n -c 1 -W 1 10.77.0.11")).contains("1 received");

      open(LONG);
      connect("10.77.0.11", gated.getLocalPort()).close();
      connect("10.77.0.11", gatedHere.getLocalPort()).close();
      connect("fd77::50", overV6.getLocalPort()).close();
    }
  }

  @Test
  void theNextDaemonFindsItAsOpenAsItWas() throws Exception {
    open(LONG);
    try (Stream stream = new Stream(link.client, link.alpha, SHARED, PORT)) {
      Eventually.await("packets come", Duration.ofSeconds(10), () -> stream.arrived() > 0);
      long begin = System.nanoTime();
      gate.release();
      gate = gate();
      assertThat(link.alpha.in(gate::ensure).isDone()).isTrue();
      assertThat(open(LONG).isDone()).isTrue();
      long end = System.nanoTime();
      Eventually.await(
          "no packet was lost", Duration.ofSeconds(1), () -> stream.lostBetween(begin, end) == 0);
    }
  }

  @Test
  void isRaisedAgainWhenSomebodyFlushesTheFirewall() throws Exception {
    open(LONG);
    link.alpha.command("nft flush ruleset");
    assertThat(link.alpha.in(gate::readiness))
        .extracting(Readiness::result)
        .containsExactly(Readiness.Result.FAIL);
    assertThat(link.alpha.in(gate::inspect).isDone()).isTrue();
    try (ServerSocket server = listen(SHARED, PORT)) {
      connect(SHARED, server.getLocalPort()).close();
      move(Gate.State.SHUT);
      assertNoAnswer(SHARED, server.getLocalPort());
    }
  }

  @Test
  void movesAlsoWhenTheTableIsMissing() throws Exception {
    link.alpha.command("nft flush ruleset");
    assertThat(open(LONG).isDone()).isTrue();
    try (ServerSocket server = listen(SHARED, PORT)) {
      connect(SHARED, server.getLocalPort()).close();
    }
  }

  @Test
  void doesNotOpenWithoutAMandate() throws Exception {
    assertThat(move(Gate.State.OPEN).sentence()).contains("no valid mandate");
    open(Duration.ZERO);
    try (ServerSocket server = listen(SHARED, PORT)) {
      assertNoAnswer(SHARED, server.getLocalPort());
    }
  }

  @Test
  void aConfigurationWithoutAGateRemovesTheTableOfTheFormerOne() throws Exception {
    Protection nothing = new Protection(List.of(), List.of());
    Gate unwanted = link.alpha.in(() -> NftablesGate.of("ledger-alpha", nothing, clock));

    assertThat(link.alpha.in(unwanted::ensure).isDone()).isTrue();
    assertThat(link.alpha.in(unwanted::ensure).isDone()).isTrue();

    assertThat(link.alpha.command("nft list ruleset")).isBlank();
    assertThat(link.alpha.in(unwanted::readiness))
        .extracting(Readiness::result)
        .containsExactly(Readiness.Result.NOT_CHECKED);
  }

  @Test
  void isNotRaisedAgainAfterItsRelease() throws Exception {
    assertThat(open(LONG).isDone()).isTrue();
    gate.release();
    link.alpha.command("nft flush ruleset");

    assertThat(link.alpha.in(gate::inspect).isDone()).isTrue();
    assertThat(move(Gate.State.SHUT).isDone()).isTrue();

    assertThat(link.alpha.command("nft list ruleset")).isBlank();
  }

  @Test
  void aGateThatCannotBeMadeAsWantedIsNotReadyThoughAFormerTableStands() throws Exception {
    var impossible = new GatedPort(Optional.empty(), 70_000, Protocol.TCP);
    Protection protection = new Protection(List.of(), List.of(impossible));
    Gate changed = link.alpha.in(() -> NftablesGate.of("ledger-alpha", protection, clock));

    assertThat(link.alpha.in(changed::ensure).isDone()).isFalse();

    assertThat(link.alpha.in(changed::readiness))
        .extracting(Readiness::result)
        .containsExactly(Readiness.Result.FAIL);
    assertThat(link.alpha.in(changed::inspect).isDone()).isFalse();
    changed.release();
  }
}
