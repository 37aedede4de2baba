package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import understudy.config.DatasetConfig;
import understudy.failover.Term;
import understudy.linux.Directory;
import understudy.sync.plan.Brake;
import understudy.sync.plan.Relation;

/** What a run refuses, keeps and tells. */
class SyncRulesTest {
  private SyncLab lab;
  private Path source;
  private Path target;

  @BeforeEach
  void open() throws IOException {
    lab =
        new SyncLab(
            new DatasetConfig.Selection(
                List.of("cache/**", "*.tmp"), List.of("cache/keep/*.conf")));
    source = lab.alpha.root;
    target = lab.beta.root;
  }

  @AfterEach
  void close() throws IOException {
    lab.close();
  }

  private void fill(Path root, int files) throws IOException {
    for (int at = 0; at < files; at++) {
      Files.writeString(root.resolve("file" + at), "content " + at);
    }
  }

  private void sync() throws IOException {
    assertThat(lab.beta.pullFrom(lab.alpha))
        .isInstanceOfAny(SyncResult.Done.class, SyncResult.Unchanged.class);
  }

  private static void removeAll(Path directory) throws IOException {
    try (Directory parent = Directory.open(directory)) {
      for (byte[] name : parent.names()) {
        if (!java.util.Arrays.equals(name, Reserved.AREA.bytes())) {
          Reserved.removeAll(parent, name);
        }
      }
    }
  }

  private static SyncRefused.Code refusal(SyncResult result) {
    assertThat(result).isInstanceOf(SyncResult.Failed.class);
    SyncResult.Failed failed = (SyncResult.Failed) result;
    assertThat(failed.reason()).isNotBlank();
    assertThat(failed.fix()).isNotBlank();
    return failed.code();
  }

  private List<String> undonePaths() throws IOException {
    return lab.beta.engine().salvage(SyncLab.DATASET).list(KeptQuery.all()).stream()
        .map(undone -> undone.path().toString())
        .sorted()
        .toList();
  }

  @Test
  void brakeStopsTheDeletionOfMoreThanHalfUntilForced() throws IOException {
    fill(source, 220);
    sync();
    for (int at = 0; at < 150; at++) {
      Files.delete(source.resolve("file" + at));
    }
    SyncResult asked = lab.beta.pullFrom(lab.alpha);
    assertThat(refusal(asked)).isEqualTo(SyncRefused.Code.TOO_MUCH_DELETED);
    SyncRefused.Asked what = ((SyncResult.Failed) asked).asked().orElseThrow();
    assertThat(what.removed()).isEqualTo(150);
    assertThat(what.entries()).isEqualTo(220);
    assertThat(what.paths()).contains("file0").hasSize(100);
    assertThat(target.resolve("file0")).exists();
    Brake agreed = Brake.USUAL.accepting(149); // one more has gone since somebody agreed
    assertThat(refusal(lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.braking(agreed))))
        .isEqualTo(SyncRefused.Code.TOO_MUCH_DELETED);

    assertThat(lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.forced()))
        .isInstanceOf(SyncResult.Done.class);
    assertThat(target.resolve("file0")).doesNotExist();
    assertThat(undonePaths()).hasSize(150);
  }

  @Test
  void brakeStopsWhenADirectoryGivesWayToALinkOrAFile() throws IOException {
    Path files = Files.createDirectory(source.resolve("files"));
    fill(files, 220);
    Files.writeString(source.resolve("stays"), "stays");
    sync();
    Files.move(files, lab.home.resolve("elsewhere"));
    Files.createSymbolicLink(files, lab.home.resolve("elsewhere"));
    SyncResult asked = lab.beta.pullFrom(lab.alpha);
    assertThat(refusal(asked)).isEqualTo(SyncRefused.Code.TOO_MUCH_DELETED);
    SyncRefused.Asked what = ((SyncResult.Failed) asked).asked().orElseThrow();
    assertThat(what.removed()).isEqualTo(220);
    assertThat(what.paths()).containsExactly("files");
    assertThat(target.resolve("files/file0")).exists();
    Files.move(lab.home.resolve("elsewhere"), source.resolve("moved")); // nothing goes for good
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    assertThat(target.resolve("moved/file0")).exists();
  }

  @Test
  void brakeStopsAtAnEmptiedSourceHoweverSmall() throws IOException {
    fill(source, 3);
    sync();
    removeAll(source);
    assertThat(refusal(lab.beta.pullFrom(lab.alpha))).isEqualTo(SyncRefused.Code.TOO_MUCH_DELETED);
    assertThat(target.resolve("file2")).hasContent("content 2");
  }

  @Test
  void anUnmountedSourceIsNotTakenForAnEmptyOne() throws IOException {
    fill(source, 3);
    sync();
    Files.move(source, source.resolveSibling("unmounted"));
    assertThat(refusal(lab.beta.pullFrom(lab.alpha))).isEqualTo(SyncRefused.Code.SOURCE_MISSING);
    Files.createDirectory(source); // the bare mount point
    assertThat(refusal(lab.beta.pullFrom(lab.alpha))).isEqualTo(SyncRefused.Code.SOURCE_MISSING);
    Files.delete(source);
    Files.writeString(source, "not a directory");
    assertThat(refusal(lab.beta.pullFrom(lab.alpha))).isEqualTo(SyncRefused.Code.SOURCE_MISSING);
    assertThat(target.resolve("file2")).exists();
  }

  @Test
  void aTargetWithDataOfItsOwnNeedsConsentAndKeepsItRestorable() throws IOException {
    Files.writeString(source.resolve("same"), "same");
    Files.writeString(source.resolve("both"), "from the source");
    Files.writeString(target.resolve("same"), "same");
    Files.writeString(target.resolve("both"), "from the target");
    Files.createDirectories(target.resolve("own/deep"));
    Files.writeString(target.resolve("own/deep/file"), "only here");

    assertThat(refusal(lab.beta.pullFrom(lab.alpha))).isEqualTo(SyncRefused.Code.TARGET_NOT_EMPTY);
    assertThat(target.resolve("both")).hasContent("from the target");

    assertThat(lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.withConsent()))
        .isInstanceOf(SyncResult.Done.class);
    assertThat(target.resolve("both")).hasContent("from the source");
    assertThat(undonePaths()).containsExactly("both", "own");

    Undone own =
        lab.beta.engine().salvage(SyncLab.DATASET).list(KeptQuery.all()).stream()
            .filter(undone -> undone.path().toString().equals("own"))
            .findFirst()
            .orElseThrow();
    assertThat(own.kind()).isEqualTo("directory");
    assertThat(own.entries()).isEqualTo(3);
    Path back = lab.home.resolve("back");
    lab.beta.engine().salvage(SyncLab.DATASET).restore(new Wanted.Kept(own.id()), back, false);
    assertThat(back.resolve("deep/file")).hasContent("only here");
  }

  @Test
  void whatASyncTookAwayGoesWhenItsTimeIsOver() throws IOException {
    fill(source, 2);
    sync();
    Files.delete(source.resolve("file0"));
    sync();
    assertThat(undonePaths()).containsExactly("file0");
    Files.writeString(source.resolve("file1"), "changed");
    lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.keepingFor(Duration.ofMillis(-1)));
    assertThat(undonePaths()).isEmpty();
    assertThat(target.resolve(".understudy/undo")).isEmptyDirectory();
  }

  @Test
  void excludedPathsAreNeitherCopiedNorDeleted() throws IOException {
    Files.createDirectories(source.resolve("cache/deep"));
    Files.writeString(source.resolve("cache/deep/x"), "not copied");
    Files.writeString(source.resolve("a.tmp"), "not copied");
    Files.writeString(source.resolve("kept"), "kept");
    sync();
    assertThat(target.resolve("cache")).isEmptyDirectory();
    assertThat(target.resolve("a.tmp")).doesNotExist();
    Files.writeString(target.resolve("cache/own"), "stays");
    Files.writeString(target.resolve("b.tmp"), "stays");
    Files.writeString(source.resolve("kept"), "changed");
    sync();
    assertThat(target.resolve("cache/own")).hasContent("stays");
    assertThat(target.resolve("b.tmp")).hasContent("stays");
  }

  @Test
  void whatIsIncludedIsCopiedFromAnExcludedDirectory() throws IOException {
    Files.createDirectories(source.resolve("cache/keep/deep"));
    Files.writeString(source.resolve("cache/keep/a.conf"), "copied");
    Files.writeString(source.resolve("cache/keep/a.log"), "not copied");
    Files.writeString(source.resolve("cache/other"), "not copied");
    sync();
    assertThat(target.resolve("cache/keep/a.conf")).hasContent("copied");
    assertThat(target.resolve("cache/keep/a.log")).doesNotExist();
    assertThat(target.resolve("cache/keep/deep")).doesNotExist();
    assertThat(target.resolve("cache/other")).doesNotExist();
    Files.writeString(target.resolve("cache/keep/own"), "stays");
    Files.writeString(source.resolve("cache/keep/a.conf"), "changed");
    sync();
    assertThat(target.resolve("cache/keep/a.conf")).hasContent("changed");
    assertThat(target.resolve("cache/keep/own")).hasContent("stays");
  }

  @Test
  void aReturningNodeIsToldWhatExistedOnlyThere() throws IOException {
    fill(source, 5);
    sync();
    // beta takes over while alpha, cut off, still accepts writes
    Files.writeString(target.resolve("file1"), "written on beta");
    lab.beta.engine().capture(SyncLab.DATASET, new Term(8));
    Files.writeString(source.resolve("file2"), "written on alpha only");
    Files.writeString(source.resolve("lost"), "written on alpha only");
    lab.alpha.engine().capture(SyncLab.DATASET, SyncLab.TERM);
    List<understudy.sync.plan.Hash> beta = lab.beta.engine().ancestry(SyncLab.DATASET);
    assertThat(lab.alpha.engine().relate(SyncLab.DATASET, beta)).isEqualTo(Relation.DIVERGED);

    SyncResult result = lab.alpha.pullFrom(lab.beta);

    assertThat(result).isInstanceOf(SyncResult.Done.class);
    SyncResult.Divergence diverged = ((SyncResult.Done) result).diverged().orElseThrow();
    assertThat(diverged.paths()).containsExactlyInAnyOrder("file2", "lost");
    assertThat(diverged.count()).isEqualTo(2);
    assertThat(TreePicture.of(source).differencesTo(TreePicture.of(target))).isEmpty();
    assertThat(lab.alpha.engine().salvage(SyncLab.DATASET).list(KeptQuery.all()))
        .extracting(undone -> undone.path().toString())
        .containsExactlyInAnyOrder("file1", "file2", "lost");
  }

  @Test
  void ancestryTellsSameBehindAheadAndUnknown() throws IOException {
    fill(source, 2);
    assertThat(relation()).isEqualTo(Relation.UNKNOWN);
    sync();
    assertThat(relation()).isEqualTo(Relation.SAME);
    Files.writeString(source.resolve("file0"), "newer");
    lab.alpha.engine().capture(SyncLab.DATASET, SyncLab.TERM);
    assertThat(relation()).isEqualTo(Relation.BEHIND);
    assertThat(
            lab.alpha.engine().relate(SyncLab.DATASET, lab.beta.engine().ancestry(SyncLab.DATASET)))
        .isEqualTo(Relation.AHEAD);
  }

  private Relation relation() throws IOException {
    return lab.beta.engine().relate(SyncLab.DATASET, lab.alpha.engine().ancestry(SyncLab.DATASET));
  }

  @Test
  void aStandbyThatSomebodyWroteToIsPutRightAndTheirDataKept() throws IOException {
    fill(source, 4);
    sync();
    Files.writeString(target.resolve("file3"), "scribbled");
    Files.writeString(target.resolve("intruder"), "scribbled");
    Files.writeString(source.resolve("file0"), "new");
    SyncResult asked = lab.beta.pullFrom(lab.alpha);
    assertThat(refusal(asked)).isEqualTo(SyncRefused.Code.FOREIGN_WRITES);
    assertThat(((SyncResult.Failed) asked).asked().orElseThrow().paths())
        .containsExactlyInAnyOrder("file3", "intruder");
    assertThat(target.resolve("intruder")).hasContent("scribbled");
    assertThat(refusal(lab.beta.pullFrom(lab.alpha))).isEqualTo(SyncRefused.Code.FOREIGN_WRITES);
    SyncResult result = lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.overForeign());
    assertThat(((SyncResult.Done) result).diverged().orElseThrow().paths())
        .containsExactlyInAnyOrder("file3", "intruder");
    assertThat(TreePicture.of(target).differencesTo(TreePicture.of(source))).isEmpty();
    assertThat(undonePaths()).contains("intruder", "file3");
  }

  @Test
  void aMovedDirectoryIsCopiedHereAndNotSentAgain() throws IOException {
    Files.createDirectory(source.resolve("before"));
    byte[] content = new byte[3_000_000];
    new java.util.Random(5).nextBytes(content);
    Files.write(source.resolve("before/big"), content);
    sync();
    Files.move(source.resolve("before"), source.resolve("after"));
    SyncResult result = lab.beta.pullFrom(lab.alpha);
    assertThat(result).isInstanceOf(SyncResult.Done.class);
    assertThat(result.run().wireBytes()).isLessThan(10_000);
    assertThat(TreePicture.of(target).differencesTo(TreePicture.of(source))).isEmpty();
  }

  private static void awaitInterruption() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!Thread.currentThread().isInterrupted() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
  }

  @Test
  void anInterruptedRunGoesOnFromWhatItHad() throws Exception {
    byte[] content = new byte[400_000];
    for (int at = 0; at < 60; at++) {
      new java.util.Random(at).nextBytes(content);
      Files.write(source.resolve("big" + at), content);
    }
    CountDownLatch half = new CountDownLatch(1);
    AtomicReference<SyncResult> first = new AtomicReference<>();
    StreamOpener opener = lab.alpha.listening();
    Thread puller =
        Thread.ofPlatform()
            .start(
                () ->
                    first.set(
                        lab.beta
                            .engine()
                            .pull(
                                SyncLab.DATASET,
                                opener,
                                PullOptions.USUAL,
                                progress -> {
                                  if (progress.files() >= 30) {
                                    half.countDown();
                                    awaitInterruption();
                                  }
                                })));
    assertThat(half.await(20, TimeUnit.SECONDS)).isTrue();
    Settled settled = lab.beta.engine().settle(Duration.ofSeconds(10));
    assertThat(settled.isWhole()).isTrue();
    puller.join(10_000);
    assertThat(refusal(Optional.ofNullable(first.get()).orElseThrow()))
        .isEqualTo(SyncRefused.Code.INTERRUPTED);
    assertThat(refusal(lab.beta.pullFrom(lab.alpha))).isEqualTo(SyncRefused.Code.BUSY);

    lab.beta.engine().follow();
    SyncResult second = lab.beta.pullFrom(lab.alpha);
    assertThat(second).isInstanceOf(SyncResult.Done.class);
    assertThat(second.run().wireBytes()).isLessThan(60 * 400_000 - 25 * 400_000);
    assertThat(TreePicture.of(target).differencesTo(TreePicture.of(source))).isEmpty();
    assertThat(target.resolve(".understudy/stage")).isEmptyDirectory();
  }

  @Test
  void anUnknownDatasetIsRefusedByName() throws IOException {
    assertThatThrownBy(() -> lab.beta.engine().capture("other", SyncLab.TERM))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("other");
  }
}
