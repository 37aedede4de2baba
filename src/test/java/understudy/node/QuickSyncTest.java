package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static understudy.node.RunningNodes.await;
import static understudy.node.RunningNodes.start;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;
import understudy.api.Action;
import understudy.api.Views;

/** A sync that is asked for looks at everything, or by the source's watcher's word. */
class QuickSyncTest {
  private static final String CLUSTER =
      Unhurried.FAILOVER
          + """
      datasets:
        - { name: files, path: DATA, every: 365d }
      """;

  @TempDir Path directory;

  /** A run that a crowded machine cuts off is not made again before the next is due. */
  private static boolean isSynced(Node node) {
    try {
      return sync(node, null).state().equals("done");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static Views.Operation sync(Node node, @Nullable Boolean quick)
      throws InterruptedException {
    var wish =
        new Action(
            Action.Kind.SYNC, null, null, null, null, null, null, null, null, null, null, quick);
    Views.Operation begun = node.front().act(wish, "a test", Optional.empty());
    await("the sync ends", () -> ended(node, begun).isPresent());
    return ended(node, begun).orElseThrow();
  }

  private static Optional<Views.Operation> ended(Node node, Views.Operation begun) {
    return node.front().operation(begun.id()).filter(now -> !now.state().equals("running"));
  }

  /** The kernel tells no watcher of it. */
  private static void writeThroughAMapping(Path file, char first) throws IOException {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 1);
      mapped.put(0, (byte) first);
      mapped.force();
    }
  }

  @Test
  void itSeesWhatTheWatcherWasToldOfAndAUsualOneSeesTheRest() throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    Files.createDirectory(pair.alpha.data().resolve("apart"));
    Path mapped = Files.writeString(pair.alpha.data().resolve("apart/mapped"), "old");
    Path copy = pair.beta.data().resolve("apart/mapped");
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        Path late = Files.writeString(pair.alpha.data().resolve("late"), "late");
        await("beta has the data", () -> isSynced(beta)); // the watcher is at work from here

        writeThroughAMapping(mapped, 'O');
        Files.writeString(late, "told of");
        assertThat(sync(beta, true).state()).isEqualTo("done");
        assertThat(pair.beta.data().resolve("late")).hasContent("told of");
        assertThat(copy).hasContent("old");

        assertThat(sync(beta, null).state()).isEqualTo("done");
        assertThat(copy).hasContent("Old");
      }
    }
  }
}
