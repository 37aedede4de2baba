package understudy.demo.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.ChildJava;
import understudy.time.Moment;
import understudy.time.SystemClock;

/** The real client against real services that are killed, restarted and doubled. */
class ClientTest {
  /**
   * The client may have been held up before the fault, and its silence begins with its last write.
   */
  private static final Duration STALL_OF_A_BUSY_MACHINE = Duration.ofSeconds(1);

  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final SystemClock clock = new SystemClock();
  @TempDir Path directory;

  @Test
  void theOutageIsTheTimeFromTheLastWriteOfTheOldToTheFirstOfTheNew() throws Exception {
    Service first = Service.start("alpha", directory, 0);
    try (Client client = client(first.address(), Map.of())) {
      Moment start = clock.now();
      assertThat(client.meter().awaitWriteOf("alpha", start, LIMIT)).isPresent();

      Moment fault = clock.now();
      first.kill();
      Moment gone = clock.now();
      try (Service second = Service.start("beta", directory, first.address().getPort())) {
        Moment back = clock.now();
        assertThat(client.meter().awaitWriteOf("beta", fault, LIMIT)).isPresent();
        Moment end = clock.now();

        Trace trace = client.meter().trace();
        assertThat(trace.outage(start, end))
            .isGreaterThanOrEqualTo(gone.until(back))
            .isLessThanOrEqualTo(fault.until(end).plus(STALL_OF_A_BUSY_MACHINE));
        assertThat(trace.servedBy(start, end)).containsExactly("alpha", "beta");
        assertThat(trace.missingFrom(Ledger.entriesIn(directory), start, end)).isEmpty();
        assertThat(second.ask("LAST")).isNotNull();
      }
    }
  }

  @Test
  void writesThatTheSurvivorDoesNotHaveAreCounted() throws Exception {
    Path old = Files.createDirectory(directory.resolve("old"));
    Path survivor = Files.createDirectory(directory.resolve("survivor"));
    Service first = Service.start("alpha", old, 0);
    try (Client client = client(first.address(), Map.of())) {
      Moment start = clock.now();
      Acknowledged copied = client.meter().awaitWrite(start, LIMIT).orElseThrow();
      copyLedger(old, survivor);
      Set<WrittenNumber> survives = Ledger.entriesIn(survivor);
      Acknowledged next = client.meter().awaitWrite(clock.now(), LIMIT).orElseThrow();
      while (survives.contains(next.write())) { // on disk before the copy, acknowledged after it
        next = client.meter().awaitWrite(next.at(), LIMIT).orElseThrow();
      }
      first.kill();

      Trace trace = client.meter().trace();
      List<Acknowledged> lost = trace.missingFrom(survives, start, clock.now());
      assertThat(lost).contains(next).doesNotContain(copied);
      assertThat(trace.missingFrom(Ledger.entriesIn(old), start, clock.now())).isEmpty();
    }
  }

  @Test
  void twoServersAtOnceAreSeen() throws Exception {
    Path one = Files.createDirectory(directory.resolve("one"));
    Path other = Files.createDirectory(directory.resolve("other"));
    try (Service alpha = Service.start("alpha", one, 0);
        Service beta = Service.start("beta", other, 0);
        Client client =
            client(alpha.address(), Map.of("alpha", alpha.address(), "beta", beta.address()))) {
      Moment start = clock.now();
      Moment limit = start.plus(LIMIT);
      while (client.watch().dual(start, clock.now()).compareTo(Duration.ofMillis(250)) < 0) {
        assertThat(clock.now()).isLessThan(limit);
        assertThat(client.meter().awaitWrite(clock.now(), LIMIT)).isPresent();
      }

      beta.kill();
      Moment alone = clock.now();
      assertThat(client.meter().awaitWrite(alone.plus(Duration.ofMillis(300)), LIMIT)).isPresent();
      assertThat(client.watch().dual(alone, clock.now())).isZero();
      assertThat(client.watch().answeringIn(alone, clock.now())).containsExactly("alpha");
    }
  }

  @Test
  void theClientEndsWithTheProcessThatStartedIt() throws Exception {
    Process starter =
        new ProcessBuilder(ChildJava.command(ClientTest.class)).redirectErrorStream(true).start();
    assertThat(starter.inputReader(StandardCharsets.US_ASCII).readLine()).isEqualTo("started");
    List<ProcessHandle> children = starter.descendants().toList();
    assertThat(children).hasSize(1);

    starter.destroyForcibly().onExit().join();

    assertThat(children.getFirst().onExit()).succeedsWithin(LIMIT);
  }

  /** A process that starts a client of nothing and then waits for its end. */
  public static void main(String[] arguments) throws Exception {
    InetSocketAddress nobody = new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    try (Client client =
        Client.start(nobody, Map.of(), UnaryOperator.identity(), new SystemClock())) {
      System.out.println("started");
      client.meter().awaitWrite(new SystemClock().now(), Duration.ofMinutes(1));
    }
  }

  private Client client(InetSocketAddress service, Map<String, InetSocketAddress> nodes)
      throws LabException {
    return Client.start(service, nodes, UnaryOperator.identity(), clock);
  }

  private static void copyLedger(Path from, Path to) throws IOException {
    Files.copy(from.resolve(Ledger.FILE), to.resolve(Ledger.FILE));
  }
}
