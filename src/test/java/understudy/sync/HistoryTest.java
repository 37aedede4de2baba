package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.failover.NodeName;
import understudy.failover.Term;
import understudy.sync.plan.Generation;
import understudy.sync.plan.Hash;
import understudy.sync.plan.Name;
import understudy.sync.plan.Totals;
import understudy.sync.plan.TreePath;

/** A list of changes that is not complete is told from one that is. */
class HistoryTest {
  @TempDir private Path directory;
  private Index index;
  private History history;

  @BeforeEach
  void open() throws IOException {
    index = Index.open(directory.resolve("index"));
    history = new History(index);
  }

  @AfterEach
  void close() throws IOException {
    index.close();
  }

  private static Generation generation(int number) {
    return new Generation(
        "files",
        List.of(),
        new Term(1),
        new NodeName("alpha"),
        Hash.over(("generation " + number).getBytes(StandardCharsets.UTF_8)),
        Instant.EPOCH,
        Totals.NONE);
  }

  /** Appends a generation in which so many paths have changed; answers its place. */
  private long change(int number, int paths, boolean isAll) throws IOException {
    history.append(generation(number));
    List<TreePath> changed = new ArrayList<>();
    for (int at = 0; at < paths; at++) {
      changed.add(path("of-" + number + "-" + at));
    }
    history.recordChanges(changed, isAll);
    return history.place(generation(number).id()).orElseThrow();
  }

  private static TreePath path(String name) {
    return TreePath.ROOT.child(Name.of(name.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void whatWasNotedCompletelyIsComplete() throws Exception {
    long first = change(1, 2, true);
    change(2, 3, true);
    assertThat(history.changesAfter(first - 1).orElseThrow()).hasSize(5);
    assertThat(history.changesAfter(first).orElseThrow()).hasSize(3);
  }

  @Test
  void aCaptureThatCouldNotNoteAllLeavesAGap() throws Exception {
    long first = change(1, 2, true);
    long second = change(2, 3, false);
    long third = change(3, 1, true);
    assertThat(history.changesAfter(first)).isEmpty();
    assertThat(history.changesAfter(second).orElseThrow()).hasSize(1);
    assertThat(history.changesAfter(third).orElseThrow()).isEmpty();
    assertThat(history.someChangesAfter(first)).hasSize(4);
    history.follow(third, List.of(), generation(4));
    assertThat(history.changesAfter(first).orElseThrow()).isEmpty();
  }

  @Test
  void moreThanIsEverListedIsAGap() throws Exception {
    long first = change(1, 1, true);
    change(2, History.MOST_CHANGES, true);
    assertThat(history.changesAfter(first).orElseThrow()).hasSize(History.MOST_CHANGES);
    assertThat(history.changesAfter(first - 1)).isEmpty();
  }

  @Test
  void whatWasForgottenIsAGap() throws Exception {
    long first = change(1, 1, true);
    long last = 0;
    for (int number = 2; number <= 11; number++) {
      last = change(number, History.MOST_CHANGES, true);
    }
    assertThat(history.changesAfter(first - 1)).isEmpty();
    assertThat(history.changesAfter(last).orElseThrow()).isEmpty();
  }
}
