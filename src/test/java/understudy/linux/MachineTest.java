package understudy.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.time.Moment;

/** System calls that concern this process and this machine. */
class MachineTest {
  @TempDir private Path directory;

  @Test
  void bootTimeIsTheUptimeOfTheMachineAndGoesForward() throws Exception {
    BootTime clock = new BootTime();
    Moment before = clock.now();
    String uptime = Files.readString(Path.of("/proc/uptime"));
    Moment after = clock.now();
    long uptimeNanos =
        Long.parseLong(uptime.substring(0, uptime.indexOf(' ')).replace(".", "")) * 10_000_000L;
    assertThat(after).isGreaterThanOrEqualTo(before);
    assertThat(uptimeNanos)
        .isBetween(before.nanos() - Duration.ofMillis(20).toNanos(), after.nanos());
  }

  @Test
  void signalsReachAProcessAndNoOther() throws Exception {
    Process process = new ProcessBuilder("sleep", "600").start();
    int terminate = 15;

    assertThat(Signals.send(process.pid(), terminate, "TERM")).isTrue();
    assertThat(process.waitFor()).isEqualTo(128 + terminate);
    assertThat(Signals.send(process.pid(), terminate, "TERM")).as("none is left").isFalse();
    assertThatThrownBy(() -> Signals.send(1, terminate, "TERM"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theServiceManagerHearsWhatItIsTold() throws Exception {
    assertThat(heardBy(directory.resolve("notify").toString())).isEqualTo("READY=1\nSTATUS=a b");
    assertThat(heardBy("@understudy-test-" + ProcessHandle.current().pid()))
        .isEqualTo("READY=1\nSTATUS=a b");
  }

  private static String heardBy(String name) throws Exception {
    int descriptor = SocketCalls.socket(SocketCalls.AF_UNIX, SocketCalls.SOCK_DGRAM, 0);
    try (Arena arena = Arena.ofConfined()) {
      byte[] path = name.getBytes(StandardCharsets.UTF_8);
      boolean isAbstract = path[0] == '@';
      path[0] = isAbstract ? 0 : path[0];
      MemorySegment address = arena.allocate(2L + path.length + (isAbstract ? 0 : 1), 2);
      address.set(ValueLayout.JAVA_SHORT, 0, (short) SocketCalls.AF_UNIX);
      MemorySegment.copy(path, 0, address, ValueLayout.JAVA_BYTE, 2, path.length);
      SocketCalls.bind(descriptor, address);

      Notify notify = new Notify(Map.of("NOTIFY_SOCKET", name, "WATCHDOG_USEC", "3000000"));
      assertThat(notify.watchdog()).contains(Duration.ofSeconds(3));
      notify.ready("a\nb");

      byte[] buffer = new byte[200];
      assertThat(SocketCalls.awaitReadable(descriptor, 1000)).isTrue();
      int length = SocketCalls.receive(descriptor, buffer);
      return new String(Arrays.copyOf(buffer, length), StandardCharsets.UTF_8);
    } finally {
      SocketCalls.close(descriptor);
    }
  }

  @Test
  void withoutAServiceManagerNothingIsSaid() throws Exception {
    Notify notify = new Notify(Map.of());
    notify.ready("nobody listens");
    assertThat(notify.isHeard()).isFalse();
    assertThat(notify.watchdog()).isEmpty();
    assertThat(new Notify(Map.of("WATCHDOG_USEC", "soon", "NOTIFY_SOCKET", "vsock:1")).isHeard())
        .isFalse();
  }

  @Test
  void realTimePriorityIsGivenToOneThreadOrRefusedWithTheReason() throws Exception {
    FutureTask<Optional<String>> asked = new FutureTask<>(() -> RealTime.forThisThread(10));
    Thread.ofPlatform().start(asked);
    asked.get().ifPresent(reason -> assertThat(reason).startsWith("sched_setscheduler: "));
    assertThatThrownBy(() -> RealTime.forThisThread(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aPipeIsOpenedOnlyWhileSomebodyReadsIt() throws Exception {
    Path path = directory.resolve("pipe");
    assertThat(NamedPipe.open(path)).isEmpty();
    NamedPipe.create(path);
    NamedPipe.create(path);
    assertThat(NamedPipe.open(path)).isEmpty();
    Process reader = new ProcessBuilder("head", "-n", "1", path.toString()).start();
    try {
      Optional<NamedPipe> pipe = Optional.empty();
      long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
      while (pipe.isEmpty() && System.nanoTime() < deadline) {
        pipe = NamedPipe.open(path);
        Thread.onSpinWait();
      }
      assertThat(pipe).isPresent();
      try (NamedPipe open = pipe.get()) {
        open.writeLine("hello");
        assertThat(reader.inputReader().readLine()).isEqualTo("hello");
        assertThat(reader.waitFor()).isZero();
        assertThatThrownBy(() -> open.writeLine("nobody")).hasMessageContaining("Broken pipe");
      }
    } finally {
      reader.destroyForcibly();
    }
  }

  @Test
  void aRefusedCallSaysWhichAndWhy() {
    assertThatThrownBy(() -> SocketCalls.socket(12345, 1, 0))
        .isInstanceOf(SystemCallException.class)
        .hasMessage("cannot socket: Address family not supported by protocol");
  }
}
