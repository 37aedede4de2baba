package understudy.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.linux.NotifySocket;

/** What a real daemon tells a service manager, as systemd would hear it. */
class ServiceManagerTest {
  private static final Duration WATCHDOG = Duration.ofSeconds(4);

  @TempDir Path directory;

  @Test
  void daemonSaysThatItIsReadyAliveActiveAndStopping() throws Exception {
    Path place = directory.resolve("n");
    try (var manager = new NotifySocket(place);
        var machine = new Machine(directory, "a", "primary").asFirst("failover: {}\n")) {
      Process daemon =
          machine.startDaemon(
              Map.of(
                  "NOTIFY_SOCKET",
                  place.toString(),
                  "WATCHDOG_USEC",
                  Long.toString(WATCHDOG.toMillis() * 1000)));

      // The role may be taken just before or just after the rest of the daemon is ready.
      var heard = new ArrayList<String>();
      manager.await(
          message -> {
            heard.add(message);
            return heard.stream().anyMatch(it -> it.startsWith("STATUS=active in term "))
                && heard.stream().anyMatch(it -> it.startsWith("READY=1\nSTATUS=node a of test, "));
          },
          Machine.PATIENCE);
      for (int feed = 0; feed < 3; feed++) {
        manager.await(it -> it.equals("WATCHDOG=1"), WATCHDOG);
      }

      daemon.destroy();

      assertThat(manager.await(it -> it.startsWith("STOPPING=1"), Machine.PATIENCE))
          .startsWith("STOPPING=1\nSTATUS=");
    }
  }

  /** The heartbeats must not wait for whoever keeps all cores busy. */
  @Test
  void daemonThatMayDecidesAtRealTimePriority() throws Exception {
    try (var machine = new Machine(directory, "a", "primary").asFirst("failover: {}\n")) {
      machine.startDaemon(Map.of());

      machine.await("it says how urgent its threads are", () -> isSaid(machine, "before other"));

      boolean privileged = Files.isWritable(Path.of("/etc/shadow"));
      String said = machine.run("", "ready").out();
      assertThat(said.contains("real-time priority")).as(said).isEqualTo(privileged);
    }
  }

  private static boolean isSaid(Machine machine, String words) {
    try {
      return machine.run("", "ready").out().contains(words);
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }
}
