package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import understudy.linux.Directory;
import understudy.linux.OpenFile;

/** Everything is read again, and what is damaged comes from the source again. */
class ScrubTest extends TwoTrees {
  @BeforeEach
  void open() throws IOException {
    Files.createDirectories(source.resolve("d"));
    Files.writeString(source.resolve("d/good"), "good");
    Files.writeString(source.resolve("d/rots"), "as it was");
    Files.writeString(source.resolve("other"), "other");
    awaitSettled();
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
  }

  /** Later than the index could confuse a change with. */
  private static void awaitSettled() {
    long end = System.nanoTime() + 300_000_000;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  private ScrubReport scrub(SyncLab.Side side) throws IOException {
    return side.engine().scrub(SyncLab.DATASET, Long.MAX_VALUE, (_, _) -> {});
  }

  private static Set<String> found(ScrubReport report) {
    return report.found().stream()
        .map(one -> one.path() + " " + one.what())
        .collect(Collectors.toSet());
  }

  /**
   * Changes a byte as a bad disk would, with no time moved: the index is told that the file was
   * always so.
   */
  private static void rot(SyncLab.Side side, String directory, String name) throws IOException {
    try (Directory place = Directory.open(side.root.resolve(directory))) {
      byte[] bytes = Reserved.ascii(name);
      var before = place.status(bytes);
      try (OpenFile file = place.overwrite(bytes)) {
        file.write(new byte[] {'X'}, 0, 1);
      }
      place.setModified(bytes, before.mtimeSeconds(), before.mtimeNanos());
    }
    side.engine()
        .locked(
            SyncLab.DATASET,
            dataset -> {
              var path =
                  understudy.sync.plan.TreePath.ROOT.child(
                      understudy.sync.plan.Name.ascii(directory));
              IndexedTree tree = dataset.index().directory(path).orElseThrow();
              var keys = new java.util.ArrayList<LocalKey>();
              try (Directory place = Directory.open(side.root.resolve(directory))) {
                for (var entry : tree.tree().entries()) {
                  keys.add(LocalKey.of(place.status(entry.name().bytes()), true));
                }
              }
              dataset
                  .index()
                  .putDirectory(path, new IndexedTree(tree.code(), tree.tree(), keys), 0);
              dataset.index().commit();
              return path;
            });
  }

  @Test
  void aWholeTreeIsClean() throws IOException {
    ScrubReport report = scrub(lab.beta);
    assertThat(report.isClean()).isTrue();
    assertThat(report.files()).isEqualTo(3);
    assertThat(report.bytes()).isEqualTo(18);
    assertThat(scrub(lab.alpha).isClean()).isTrue();
  }

  @Test
  void rotIsFoundOnTheStandbyAndRepairedFromTheSource() throws IOException {
    rot(lab.beta, "d", "rots");
    assertThat(target.resolve("d/rots")).hasContent("Xs it was");
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Unchanged.class);

    ScrubReport report = scrub(lab.beta);
    assertThat(found(report)).containsExactly("d/rots damaged");

    lab.beta
        .engine()
        .distrust(
            SyncLab.DATASET,
            report.found().stream().map(ScrubReport.Found::path).collect(Collectors.toSet()));
    assertThat(lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.overForeign()))
        .isInstanceOf(SyncResult.Done.class);
    assertThat(target.resolve("d/rots")).hasContent("as it was");
    assertThat(scrub(lab.beta).isClean()).isTrue();
    assertThat(lab.beta.engine().salvage(SyncLab.DATASET).list(KeptQuery.all()))
        .extracting(undone -> undone.path() + " " + undone.onlyHere())
        .containsExactly("d/rots true");
  }

  @Test
  void rotIsFoundOnTheSourceAndWritesAreNotTakenForIt() throws IOException {
    rot(lab.alpha, "d", "rots");
    Files.writeString(source.resolve("other"), "written by the service");
    Files.writeString(source.resolve("new"), "new");
    Files.delete(source.resolve("d/good"));
    assertThat(found(scrub(lab.alpha))).containsExactly("d/rots damaged");
  }

  @Test
  void whatSomebodyElseDidToTheStandbyIsFound() throws IOException {
    Files.writeString(target.resolve("extra"), "x");
    Files.writeString(target.resolve("other"), "scribbled");
    Files.delete(target.resolve("d/good"));
    assertThat(found(scrub(lab.beta)))
        .containsExactlyInAnyOrder("extra extra", "other changed", "d/good missing");
  }

  @Test
  void readingKeepsToItsRate() throws IOException {
    Files.write(source.resolve("big"), new byte[400_000]);
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    long start = System.nanoTime();
    lab.beta.engine().scrub(SyncLab.DATASET, 1_000_000, (_, _) -> {});
    assertThat(System.nanoTime() - start).isGreaterThan(350_000_000);
  }
}
