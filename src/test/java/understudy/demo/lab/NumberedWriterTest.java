package understudy.demo.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NumberedWriterTest {
  private static final int WRITERS = 4;
  private static final int WRITES_BEFORE_THE_KILL = 200;

  @TempDir Path directory;

  @Test
  void answersWhoWriteAndLast() throws Exception {
    try (Service service = Service.start("alpha", directory, 0)) {
      String who = service.ask("WHO");
      assertThat(who).startsWith("alpha ");
      assertThat(service.ask("LAST")).isEqualTo("0");
      assertThat(service.ask("WRITE")).isEqualTo("OK 1 " + who);
      assertThat(service.ask("WRITE")).isEqualTo("OK 2 " + who);
      assertThat(service.ask("LAST")).isEqualTo("2");
    }
  }

  @Test
  void closesTheConnectionOnAnythingElse() throws Exception {
    try (Service service = Service.start("alpha", directory, 0)) {
      assertThat(service.ask("GET / HTTP/1.1")).isNull();
      assertThat(service.ask("W".repeat(65))).isNull();
      assertThat(service.ask("WHO")).startsWith("alpha ");
    }
  }

  @Test
  void everyAcknowledgedNumberOutlivesKillMinusNine() throws Exception {
    List<WrittenNumber> acknowledged = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      try (Service service = Service.start("alpha", directory, 0)) {
        acknowledged.addAll(writeUntilKilled(service));
      }
    }
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(3 * WRITES_BEFORE_THE_KILL);
    assertThat(acknowledged).extracting(WrittenNumber::number).doesNotHaveDuplicates();
    try (Service last = Service.start("alpha", directory, 0)) {
      assertThat(last.ask("WHO")).isNotNull();
    }
    assertThat(Ledger.entriesIn(directory)).containsAll(acknowledged);
  }

  /** Four clients write as fast as they can, and the service is killed under them. */
  private static List<WrittenNumber> writeUntilKilled(Service service) throws Exception {
    List<WrittenNumber> acknowledged = new ArrayList<>();
    AtomicBoolean killed = new AtomicBoolean();
    List<Thread> clients = new ArrayList<>();
    for (int client = 0; client < WRITERS; client++) {
      clients.add(Thread.ofVirtual().start(() -> writeUntil(killed, service, acknowledged)));
    }
    synchronized (acknowledged) {
      while (acknowledged.size() < WRITES_BEFORE_THE_KILL) {
        acknowledged.wait(10_000);
      }
    }
    ProcessSignal.KILL.sendToTree(service.handle());
    service.handle().onExit().join();
    killed.set(true);
    for (Thread client : clients) {
      client.join();
    }
    return acknowledged;
  }

  private static void writeUntil(
      AtomicBoolean killed, Service service, List<WrittenNumber> acknowledged) {
    while (!killed.get()) {
      Optional<WrittenNumber> write = write(service);
      synchronized (acknowledged) {
        write.ifPresent(acknowledged::add);
        acknowledged.notifyAll();
      }
    }
  }

  private static Optional<WrittenNumber> write(Service service) {
    try {
      return Optional.ofNullable(service.ask("WRITE"))
          .flatMap(answer -> WrittenNumber.parse(answer.substring("OK ".length())));
    } catch (IOException e) {
      return Optional.empty(); // killed under the request: not acknowledged
    }
  }

  @Test
  void aSecondOneOnTheSameLedgerOrPortEndsAtOnceAndSaysWhy() throws Exception {
    try (Service service = Service.start("alpha", directory, 0)) {
      assertThat(service.ask("WRITE")).startsWith("OK 1 ");
      assertThat(failureOf(Service.launch("alpha", directory, 0)))
          .contains("another process writes " + directory.resolve(Ledger.FILE));
      assertThat(failureOf(Service.launch("alpha", directory, service.address().getPort())))
          .contains("BindException");
      assertThat(service.ask("WRITE")).startsWith("OK 2 ");
    }
  }

  private static String failureOf(Process process) throws Exception {
    try {
      assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(1);
      return new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    } finally {
      process.destroyForcibly();
    }
  }
}
