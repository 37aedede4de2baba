package understudy.demo.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.time.Moment;
import understudy.time.SystemClock;

/** The real client against real services that are killed, restarted and doubled. */
class ClientTest {
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
            .isLessThanOrEqualTo(fault.until(end).plusMillis(100));
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
      Moment after = clock.now();
      assertThat(client.meter().awaitWrite(after, LIMIT)).isPresent();
      first.kill();

      Trace trace = client.meter().trace();
      List<Acknowledged> lost = trace.missingFrom(Ledger.entriesIn(survivor), start, clock.now());
      assertThat(lost).isNotEmpty().doesNotContain(copied);
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
      assertThat(client.meter().awaitWrite(start.plus(Duration.ofMillis(500)), LIMIT)).isPresent();
      assertThat(client.watch().dual(start, clock.now())).isGreaterThan(Duration.ofMillis(250));

      beta.kill();
      Moment alone = clock.now();
      assertThat(client.meter().awaitWrite(alone.plus(Duration.ofMillis(300)), LIMIT)).isPresent();
      assertThat(client.watch().dual(alone, clock.now())).isZero();
      assertThat(client.watch().answeringIn(alone, clock.now())).containsExactly("alpha");
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
