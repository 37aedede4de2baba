package understudy.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What both kinds of watchers promise; each has its own subclass. */
abstract sealed class TreeEventsContract permits FanotifyEventsTest, InotifyEventsTest {
  @TempDir Path home;
  Path root;
  private final Set<String> changed = new TreeSet<>();
  final Set<String> named = new TreeSet<>();
  private final List<String> lost = new ArrayList<>();

  abstract TreeEvents watch(Directory root) throws SystemCallException;

  @BeforeEach
  void grow() throws IOException {
    root = Files.createDirectory(home.resolve("root"));
    Files.createDirectories(root.resolve("a/b"));
    Files.createDirectories(root.resolve("c"));
    Files.writeString(root.resolve("a/b/file"), "1");
    Files.writeString(root.resolve("a/second"), "1");
    Files.createDirectory(home.resolve("rooted")); // the root's name is a prefix of this one's
  }

  final TreeEvents watch() throws SystemCallException {
    return watch(Directory.open(root));
  }

  final void read(TreeEvents events) throws SystemCallException {
    events.read(
        new TreeEvents.Sink() {
          @Override
          public void changed(byte[] directory, byte[] name) {
            String place = new String(directory, StandardCharsets.UTF_8);
            changed.add(place);
            named.add(place + ": " + new String(name, StandardCharsets.UTF_8));
          }

          @Override
          public void lost(String reason) {
            lost.add(reason);
          }
        });
  }

  @Test
  void whatIsWrittenCreatedRemovedAndChmoddedIsToldByItsDirectory() throws IOException {
    try (TreeEvents events = watch()) {
      read(events);
      assertThat(changed).isEmpty();
      Files.writeString(root.resolve("a/b/file"), "2");
      read(events);
      assertThat(changed).containsExactly("a/b");
      changed.clear();
      Files.createDirectory(root.resolve("c/new"));
      Files.delete(root.resolve("a/second"));
      Files.setPosixFilePermissions(
          root.resolve("a/b/file"), PosixFilePermissions.fromString("rw-------"));
      read(events);
      assertThat(changed).contains("a", "a/b", "c");
      assertThat(lost).isEmpty();
    }
  }

  @Test
  void whatHappensBesideTheRootIsNotTold() throws IOException {
    try (TreeEvents events = watch()) {
      Files.writeString(home.resolve("outside"), "1");
      Files.writeString(home.resolve("rooted/file"), "1");
      read(events);
      assertThat(changed).isEmpty();
    }
  }

  @Test
  void aNewDirectoryIsWatchedWithAllBelowIt() throws IOException {
    try (TreeEvents events = watch()) {
      Files.createDirectories(root.resolve("c/new/deep"));
      read(events);
      changed.clear();
      Files.writeString(root.resolve("c/new/deep/file"), "1");
      read(events);
      assertThat(changed).contains("c/new/deep");
    }
  }

  @Test
  void afterADirectoryWasMovedItsNewPlaceIsToldOrAllIsDoubted() throws IOException {
    try (TreeEvents events = watch()) {
      Files.writeString(root.resolve("a/b/file"), "2");
      read(events);
      Files.move(root.resolve("a"), root.resolve("moved"));
      read(events);
      changed.clear();
      Files.writeString(root.resolve("moved/b/file"), "3");
      read(events);
      assertThat(changed.contains("moved/b") || !lost.isEmpty()).isTrue();
    }
  }

  @Test
  void aWaitEndsByAChangeAndByAlarm() throws Exception {
    try (TreeEvents events = watch()) {
      long start = System.nanoTime();
      Thread writer =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      Files.writeString(root.resolve("c/file"), "1");
                    } catch (IOException failed) {
                      throw new AssertionError(failed);
                    }
                  });
      events.await(20_000);
      writer.join();
      read(events);
      assertThat(changed).contains("c");
      Thread waker = Thread.ofPlatform().start(events::wake);
      events.await(20_000);
      waker.join();
      assertThat(System.nanoTime() - start).isLessThan(15_000_000_000L);
    }
  }

  @Test
  void moreThanTheQueueHoldsIsSaidToBeLost() throws IOException {
    int queue = Math.max(limit("fanotify"), limit("inotify"));
    try (TreeEvents events = watch()) {
      for (int at = 0; at < queue + 1000; at++) {
        Files.createFile(root.resolve("c/" + at));
      }
      read(events);
      assertThat(lost).hasSize(1);
    }
  }

  /** The kernel answers such a file in one read, or not at all. */
  private static int limit(String kind) throws IOException {
    try (BufferedReader lines =
        Files.newBufferedReader(Path.of("/proc/sys/fs", kind, "max_queued_events"))) {
      return Integer.parseInt(lines.readLine());
    }
  }
}
