package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import understudy.config.DatasetConfig;
import understudy.failover.Term;
import understudy.linux.Directory;
import understudy.time.SystemClock;

/** Cases in which sync programs are known to lose, mix up or resend, that no other test has. */
class EdgeCasesTest extends TwoTrees {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  void aFileThatAppearsDuringTheScanIsInTheNextGeneration() throws IOException {
    Files.writeString(source.resolve("early"), "early");
    AtomicBoolean hasAppeared = new AtomicBoolean();
    lab.alpha.reopen(
        effect -> {
          if (effect.equals("commit capture") && !hasAppeared.getAndSet(true)) {
            try {
              Files.writeString(source.resolve("late"), "late");
            } catch (IOException failed) {
              throw new UncheckedIOException(failed);
            }
          }
        });
    pull();
    assertThat(hasAppeared).isTrue();
    assertThat(target.resolve("early")).exists();
    assertThat(target.resolve("late")).doesNotExist();
    pull();
    assertSame();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 1})
  void aClockThatJumpsADayMissesNoChangeAndResendsNothing(long days) throws Exception {
    for (int at = 0; at < 50; at++) {
      Files.write(source.resolve("file" + at), noise(3000));
    }
    pull();
    lab.alpha.reopen(Duration.ofDays(days));
    Files.write(source.resolve("file7"), noise(3000)); // of the same size
    assertThat(pull().run().files()).isEqualTo(1);
    assertSame();
    lab.beta.reopen(Duration.ofDays(-days));
    Files.write(source.resolve("file8"), noise(3000));
    assertThat(pull().run().files()).isEqualTo(1);
    assertSame();
    assertThat(lab.beta.engine().salvage(SyncLab.DATASET).list(KeptQuery.all())).hasSize(2);
  }

  /** Does it again and again beside the test, until closed; a failure is the test's. */
  private static final class Busy implements AutoCloseable {
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CompletableFuture<Void> work;

    private interface Deed {
      void once() throws IOException;
    }

    Busy(Deed deed) throws InterruptedException {
      work = CompletableFuture.runAsync(() -> repeat(deed));
      assertThat(begun.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    private void repeat(Deed deed) {
      try {
        while (!isOver.get()) {
          deed.once();
          begun.countDown();
        }
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }

    @Override
    public void close() {
      isOver.set(true);
      work.join();
    }
  }

  @Test
  void aSlowWriterHoldsNothingUp() throws Exception {
    Path slow = source.resolve("slow");
    Files.write(slow, noise(2 * BLOCK));
    try (Busy _ = new Busy(() -> Files.write(slow, noise(500), StandardOpenOption.APPEND))) {
      for (int at = 0; at < 5; at++) {
        Files.writeString(source.resolve("quick" + at), "quick " + at);
        pull();
        assertThat(target.resolve("quick" + at)).hasContent("quick " + at);
      }
    }
    pull();
    assertSame();
  }

  @Test
  void aStormOfWritesDelaysOnlyWhatItTouches() throws Exception {
    for (int at = 0; at < 100; at++) {
      Files.write(source.resolve("stormy" + at), noise(2000));
    }
    try (Busy _ =
        new Busy(() -> Files.write(source.resolve("stormy" + random.nextInt(100)), noise(2000)))) {
      for (int at = 0; at < 5; at++) {
        Files.writeString(source.resolve("calm" + at), "calm " + at);
        long begun = System.nanoTime();
        pull();
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
        assertThat(target.resolve("calm" + at)).hasContent("calm " + at);
      }
    }
    pull();
    assertSame();
  }

  @Test
  void namesThatDifferInCaseOnlyAreDifferentNames() throws IOException {
    Files.writeString(source.resolve("A"), "capital");
    Files.writeString(source.resolve("a"), "small");
    Files.createDirectory(source.resolve("Folder"));
    Files.writeString(source.resolve("Folder/inner"), "inner");
    pull();
    assertSame();
    Files.move(source.resolve("Folder"), source.resolve("FOLDER"));
    Files.move(source.resolve("A"), source.resolve("b"));
    Files.move(source.resolve("a"), source.resolve("A"));
    pull();
    assertSame();
  }

  @Test
  void whatIsMountedInsideIsNamedAndNothingBelowItCountsAsDeleted() throws Exception {
    Path inside = Files.createDirectories(source.resolve("top/inside"));
    Files.writeString(inside.resolve("file"), "below the mount point");
    pull();
    run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", inside.toString());
    try {
      Files.writeString(inside.resolve("other"), "on the other file system");
      Files.writeString(source.resolve("top/beside"), "beside");
      // no watcher is told of mounts: the next look at everything finds them
      SyncResult result = lab.beta.pullThoroughlyFrom(lab.alpha);
      assertThat(result).isInstanceOf(SyncResult.DoneWithProblems.class);
      assertThat(((SyncResult.DoneWithProblems) result).problems())
          .containsExactly("'top/inside' is on another file system at the source");
      assertThat(target.resolve("top/inside/file")).hasContent("below the mount point");
      assertThat(target.resolve("top/inside/other")).doesNotExist();
      assertThat(target.resolve("top/beside")).hasContent("beside");
    } finally {
      run("umount", "-l", inside.toString());
    }
    SyncResult thorough = lab.beta.pullThoroughlyFrom(lab.alpha);
    assertThat(thorough).isInstanceOf(SyncResult.Done.class);
    assertSame();
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 30, 35, 40, 45})
  void aReadOnlyDirectoryIsNotLeftOpenAlsoWhenARunDies(int diesBefore) throws Exception {
    Path closed = Files.createDirectories(source.resolve("closed"));
    Files.writeString(closed.resolve("file"), "1");
    run("chmod", "0555", closed.toString());
    pull();
    Files.writeString(source.resolve("closed/file"), "2");
    Files.writeString(source.resolve("more"), "2");
    TreePicture before = TreePicture.of(target);
    lab.beta.reopen(new Mortal(diesBefore));
    try {
      pull();
    } catch (Mortal.Crash crash) {
      assertThat(crash).isNotNull();
    }
    lab.beta.reopen(Effects.NONE);
    TreePicture found = TreePicture.of(target);
    assertThat(found.lines()).isIn(before.lines(), TreePicture.of(source).lines());
    pull();
    assertSame();
  }

  @Test
  void onePercentScatteredOverALargeFileCostsTheWireOnePercent() throws Exception {
    int blocks = 1000;
    Path image = source.resolve("image");
    Files.write(image, noise(blocks * BLOCK));
    pull();
    for (int at = 0; at < 10; at++) {
      write(image, (long) (at * 97 + 13) * BLOCK, noise(BLOCK));
    }
    SyncResult result = pull();
    assertSame();
    assertThat(result.run().wireBytes()).isLessThan((long) (10 * BLOCK * 1.05));
  }

  @Test
  void anImageOfEqualBlocksTakesTheTimeOfItsSize() throws Exception {
    byte[] block = noise(BLOCK);
    byte[] equal = new byte[800 * BLOCK];
    for (int at = 0; at < equal.length; at += BLOCK) {
      System.arraycopy(block, 0, equal, at, BLOCK);
    }
    Path image = source.resolve("image");
    Files.write(image, equal);
    long begun = System.nanoTime();
    pull();
    write(image, 400L * BLOCK + 5, noise(10));
    SyncResult result = pull();
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(PATIENCE);
    assertSame();
    assertThat(result.run().wireBytes()).isLessThan(2L * BLOCK);
  }

  /** Every content that either side ever held is in the tree or kept. */
  private static void assertHas(SyncLab.Side side, String content) throws IOException {
    try (Stream<Path> paths = Files.walk(side.root)) {
      List<Path> files = paths.filter(Files::isRegularFile).toList();
      boolean isThere = false;
      for (Path file : files) {
        isThere |= Files.readString(file, StandardCharsets.ISO_8859_1).equals(content);
      }
      assertThat(isThere).as("'%s' on %s", content, side.name).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 20, 45, 70})
  void aSourceThatBecomesTargetInTheMiddleOfASyncLosesNothing(int diesBefore) throws IOException {
    Files.writeString(source.resolve("shared"), "first");
    Files.writeString(source.resolve("other"), "other, first");
    pull();
    Files.writeString(source.resolve("shared"), "second, of alpha");
    Files.writeString(source.resolve("only-alpha"), "only on alpha");
    lab.beta.reopen(new Mortal(diesBefore)); // alpha dies: its last run is cut
    try {
      pull();
    } catch (Mortal.Crash crash) {
      assertThat(crash).isNotNull();
    }
    lab.beta.reopen(Effects.NONE);
    assertThat(lab.beta.engine().settle(PATIENCE).isWhole()).isTrue();
    Files.writeString(target.resolve("shared"), "third, of beta");
    Files.writeString(target.resolve("only-beta"), "only on beta");
    lab.beta.engine().capture(SyncLab.DATASET, new Term(8));
    SyncResult back = lab.alpha.pullFrom(lab.beta);
    assertThat(back).isInstanceOf(SyncResult.Done.class);
    assertSame();
    for (String content :
        List.of("second, of alpha", "only on alpha", "third, of beta", "only on beta")) {
      assertHas(lab.alpha, content);
    }
    // and back again
    assertThat(lab.alpha.engine().settle(PATIENCE).isWhole()).isTrue();
    Files.writeString(source.resolve("shared"), "fourth, of alpha");
    lab.alpha.engine().capture(SyncLab.DATASET, new Term(9));
    lab.beta.engine().follow();
    assertThat(pull()).isInstanceOf(SyncResult.Done.class);
    assertSame();
    assertHas(lab.beta, "third, of beta");
  }

  @Test
  void ofOnePathEditedOnBothSidesTheActiveOneWinsAndTheOtherIsKept() throws IOException {
    Files.writeString(source.resolve("both"), "common");
    pull();
    Files.writeString(source.resolve("both"), "of the active one");
    Files.writeString(target.resolve("both"), "of the standby");
    SyncResult asked = lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.overForeign());
    assertThat(asked).isNotInstanceOf(SyncResult.Failed.class);
    assertSame();
    assertHas(lab.beta, "of the standby");
    assertThat(lab.beta.engine().salvage(SyncLab.DATASET).list(KeptQuery.all()))
        .filteredOn(Undone::onlyHere)
        .extracting(undone -> undone.path().toString())
        .containsExactly("both");
  }

  @Test
  void timesFarInThePastAndTheFutureAreKeptToTheNanosecond() throws Exception {
    String[] times = {"1901-12-14 00:00:00.1", "2038-01-20 01:02:03.123456789", "2199-06-07 1:00"};
    for (int at = 0; at < times.length; at++) {
      Path file = source.resolve("file" + at);
      Files.writeString(file, "x");
      run("touch", "-d", times[at] + "Z", file.toString());
    }
    pull();
    assertSame();
    Files.setLastModifiedTime(source.resolve("file0"), FileTime.fromMillis(5));
    assertThat(pull().run().bytes()).isZero();
    assertSame();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aNodeThatDiesInItsFirstRunNeedsNobody(boolean isPowerLost) throws Exception {
    Files.writeString(source.resolve("file"), "content");
    for (int fatal = 1; fatal < 20; fatal++) {
      try (SyncLab fresh = new SyncLab()) {
        Mortal mortal =
            isPowerLost
                ? new PowerCut(fresh.beta.root, fresh.home.resolve("survivor"), fatal, 1)
                : new Mortal(fatal);
        try {
          fresh.beta.reopen(mortal);
          var _ =
              fresh
                  .beta
                  .engine()
                  .pull(SyncLab.DATASET, lab.alpha.listening(), PullOptions.USUAL, progress -> {});
        } catch (Mortal.Crash crash) {
          assertThat(crash).isNotNull();
        }
        fresh.beta.engine().close();
        if (mortal instanceof PowerCut cut && mortal.isDead()) {
          cut.restore();
        }
        fresh.beta.reopen(Effects.NONE);
        assertThat(fresh.beta.pullFrom(lab.alpha))
            .as("after death before %s", mortal.last())
            .isInstanceOfAny(SyncResult.Done.class, SyncResult.Unchanged.class);
        assertThat(fresh.beta.root.resolve("file")).hasContent("content");
      }
    }
  }

  @Test
  void aDirectoryOfTooManyEntriesIsNamedAndHoldsNothingElseUp() throws Exception {
    Path crowd = Files.createDirectory(source.resolve("crowd"));
    try (Directory directory = Directory.open(crowd)) {
      for (int at = 0; at <= Crowd.mostEntries(); at++) {
        directory.create(Reserved.ascii("f" + at), 0600).close();
      }
    }
    Files.writeString(source.resolve("beside"), "beside");
    SyncResult result = pull();
    assertThat(result).isInstanceOf(SyncResult.DoneWithProblems.class);
    assertThat(((SyncResult.DoneWithProblems) result).problems())
        .containsExactly("'crowd' is larger or deeper than sync takes at the source");
    assertThat(target.resolve("beside")).exists();

    DatasetConfig config =
        new DatasetConfig(
            "crowded",
            crowd,
            new DatasetConfig.Schedule.Continuous(Duration.ofSeconds(1)),
            DatasetConfig.Selection.EVERYTHING);
    try (SyncEngine engine =
        new SyncEngine(
            lab.home.resolve("crowded"), List.of(config), lab.alpha.name, new SystemClock())) {
      assertThatThrownBy(() -> engine.capture("crowded", SyncLab.TERM))
          .isInstanceOf(SyncRefused.class)
          .hasMessageContaining("more than 250000 entries");
    }
  }
}
