package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import understudy.linux.Directory;
import understudy.sync.plan.Exclusions;
import understudy.sync.plan.Name;
import understudy.sync.plan.TreePath;

/** A scan looks where something is different, and nowhere else; the watcher only saves it work. */
class ScanTest {
  private SyncLab lab;

  @BeforeEach
  void grow() throws IOException {
    lab = new SyncLab();
    for (String directory : new String[] {"a/deep/er", "b", "c"}) {
      Files.createDirectories(lab.alpha.root.resolve(directory));
      for (int at = 0; at < 5; at++) {
        Files.writeString(lab.alpha.root.resolve(directory + "/" + at), directory + at);
      }
    }
    rest();
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
  }

  @AfterEach
  void close() throws IOException {
    lab.close();
  }

  /** Only a file that rested for a while is trusted by its times. */
  private static void rest() {
    long settled = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(150);
    while (System.nanoTime() < settled) {
      Thread.onSpinWait();
    }
  }

  private Scope glance(SyncLab.Side side) throws IOException {
    return side.engine()
        .locked(
            SyncLab.DATASET,
            dataset -> {
              try (Directory root = dataset.openRoot()) {
                return new Glance(
                        root,
                        side.state.resolve(SyncLab.DATASET + ".index"),
                        Exclusions.NONE,
                        new Scanning())
                    .run(dataset.index(), Glance.FEW_ENTRIES);
              }
            });
  }

  private static TreePath path(String text) {
    TreePath path = TreePath.ROOT;
    for (String name : text.split("/", -1)) {
      path = path.child(Name.ascii(name));
    }
    return path;
  }

  private static Scope only(String... directories) {
    Set<TreePath> paths = new TreeSet<>();
    for (String directory : directories) {
      paths.add(path(directory));
    }
    return Scope.Only.listing(paths);
  }

  private void assertSameAfterPull() throws IOException {
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    assertSame();
  }

  private void assertSame() {
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
        .isEmpty();
  }

  @Test
  void aGlanceAtAnUnchangedTreeFindsNothingOnEitherSide() throws IOException {
    assertThat(glance(lab.alpha)).isEqualTo(only());
    assertThat(glance(lab.beta)).isEqualTo(only());
  }

  @Test
  void aGlanceFindsTheDirectoryOfWhatChangedCameOrWent() throws IOException {
    Files.writeString(lab.alpha.root.resolve("a/deep/er/3"), "longer than before");
    Files.delete(lab.alpha.root.resolve("b/4"));
    assertThat(glance(lab.alpha))
        .isEqualTo(Scope.Only.listing(Set.of(TreePath.ROOT, path("a/deep/er"), path("b"))));
  }

  @Test
  void theWatcherTellsWhereToLookAndNothingWhenNothingHappened() throws IOException {
    Watching watching = watching();
    assertThat(watching.take()).isEqualTo(Optional.of(only()));
    Files.writeString(lab.alpha.root.resolve("c/2"), "changed");
    assertThat(watching.hasNews(Duration.ofSeconds(10))).isTrue();
    assertThat(watching.take())
        .isEqualTo(
            Optional.of(new Scope.Only(new TreeMap<>(Map.of(path("c"), Set.of(Name.ascii("2")))))));
    assertThat(watching.hasNews(Duration.ZERO)).isFalse();
  }

  private Watching watching() throws IOException {
    return lab.alpha.engine().locked(SyncLab.DATASET, Dataset::watching);
  }

  @Test
  void doubtLeadsToAScanOfEverything() throws IOException {
    Watching watching = watching();
    watching.doubt("a test doubts");
    assertThat(watching.take()).isEmpty();
    assertThat(watching.take()).isEqualTo(Optional.of(only()));
  }

  @Test
  void aWriteThroughAMemoryMappingIsFoundByAThoroughLook() throws IOException {
    Path file = lab.alpha.root.resolve("b/1");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 2);
      mapped.put(0, (byte) 'X');
      mapped.force();
    }
    SyncResult result = lab.beta.pullThoroughlyFrom(lab.alpha);
    assertThat(result).isInstanceOf(SyncResult.Done.class);
    assertThat(lab.beta.root.resolve("b/1")).hasContent("X1");
  }

  @Test
  void ofADirectoryOnlyWhatTheWatcherNamesIsLookedAt() throws IOException {
    Path unseen = lab.alpha.root.resolve("b/1");
    try (FileChannel channel =
        FileChannel.open(unseen, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      var mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, 2);
      mapped.put(0, (byte) 'X'); // of this the kernel tells nobody
      mapped.force();
    }
    Files.writeString(lab.alpha.root.resolve("b/2"), "changed");
    Files.writeString(lab.alpha.root.resolve("b/new"), "new");
    Files.delete(lab.alpha.root.resolve("b/0"));
    Files.move(lab.alpha.root.resolve("b/3"), lab.alpha.root.resolve("b/3 moved"));
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    assertThat(lab.beta.root.resolve("b/1")).hasContent("b1");
    Files.write(unseen, Files.readAllBytes(unseen));
    assertSameAfterPull();
  }

  @Test
  void whateverIsDoneToATreeIsSeenThroughTheWatcher() throws IOException {
    Random random = new Random(20_261_122);
    for (int round = 0; round < 60; round++) {
      for (int change = random.nextInt(8); change >= 0; change--) {
        change(random);
      }
      Files.writeString(lab.alpha.root.resolve("round"), "round " + round);
      if (round % 3 == 0) {
        rest(); // else what is not settled is looked at again, told or not
      }
      assertSameAfterPull();
      assertThat(lab.alpha.engine().watchState(SyncLab.DATASET))
          .isInstanceOf(WatchState.FileSystem.class);
    }
  }

  @Test
  void aDirectoryMadeAnewUnderTheSameNameKeepsNothingOfTheOldOne() throws IOException {
    Path root = lab.alpha.root;
    for (int round = 0; round < 5; round++) {
      for (String gone : new String[] {"b/0", "b/1", "b/2", "b/3", "b/4"}) {
        Files.deleteIfExists(root.resolve(gone));
      }
      Files.delete(root.resolve("b"));
      Files.createDirectory(root.resolve("b")); // mostly with the inode number of the old one
      Files.writeString(root.resolve("b/" + round), "new");
      rest();
      assertSameAfterPull();
    }
  }

  /** Does something to a random place of a small tree, so that names are used again and again. */
  private void change(Random random) throws IOException {
    Path one = lab.alpha.root.resolve(places.get(random.nextInt(places.size())));
    Path other = lab.alpha.root.resolve(places.get(random.nextInt(places.size())));
    try {
      switch (random.nextInt(7)) {
        case 0 -> Files.createDirectories(one);
        case 1 -> Files.delete(one);
        case 2 -> Files.move(one, other);
        case 3 -> Files.createLink(other, one);
        case 4 -> Files.createSymbolicLink(one, Path.of("somewhere" + random.nextInt()));
        case 5 -> Files.setLastModifiedTime(one, FileTime.fromMillis(random.nextInt()));
        default -> Files.writeString(one, "content " + random.nextInt());
      }
    } catch (FileSystemException asItIs) {
      // what cannot be done there is not done
    }
  }

  private final List<String> places =
      Stream.of("a", "b", "new", "a/deep")
          .flatMap(at -> Stream.of(at, at + "/0", at + "/1", at + "/9", at + "/sub", at + "/sub/x"))
          .toList();

  @Test
  void hardLinksJoinedAndBrokenLaterAreSeenThroughTheWatcherToo() throws IOException {
    Path first = lab.alpha.root.resolve("a/0");
    Files.writeString(first, "shared");
    assertSameAfterPull();
    Files.createLink(lab.alpha.root.resolve("c/link"), first);
    assertSameAfterPull();
    assertThat(Files.getAttribute(lab.beta.root.resolve("c/link"), "unix:nlink")).isEqualTo(2);
    Files.delete(first); // the name that the other one was linked to
    assertSameAfterPull();
    Files.createLink(first, lab.alpha.root.resolve("c/link"));
    assertSameAfterPull();
    Files.move(lab.alpha.root.resolve("a"), lab.alpha.root.resolve("moved"));
    assertSameAfterPull();
  }

  @Test
  void movedExchangedAndRecreatedDirectoriesAreNotConfused() throws IOException {
    Path root = lab.alpha.root;
    Files.move(root.resolve("b"), root.resolve("x"));
    Files.move(root.resolve("c"), root.resolve("b"));
    Files.move(root.resolve("x"), root.resolve("c"));
    assertSameAfterPull();
    Files.move(root.resolve("a"), root.resolve("c/inside"));
    Files.createDirectories(root.resolve("a/deep"));
    Files.writeString(root.resolve("a/deep/0"), "new");
    assertSameAfterPull();
    assertThat(glance(lab.alpha)).isIn(only("a/deep"), only()); // not settled, but nothing else
  }

  @Test
  void aMovedDirectoryIsNotReadAgain() throws IOException {
    Path root = lab.alpha.root;
    Files.createDirectory(root.resolve("big"));
    Files.write(root.resolve("big/file"), new byte[3_000_000]);
    rest();
    assertSameAfterPull();
    Files.move(root.resolve("big"), root.resolve("bigger"));
    var counting =
        new Scanning() {
          private long read;

          @Override
          void report(long seenEntries, long readSoFarBytes) {
            read = readSoFarBytes;
          }
        };
    lab.alpha
        .engine()
        .locked(
            SyncLab.DATASET,
            dataset -> dataset.capture(SyncLab.TERM, false, Scanner.Orders.NONE, counting));
    assertThat(counting.read).isZero();
    assertSameAfterPull();
  }

  @Test
  void aBitThatFlippedInTheIndexIsNoticedAndTheIndexBuiltAgain() throws IOException {
    var before = lab.alpha.engine().heads();
    lab.alpha
        .engine()
        .locked(
            SyncLab.DATASET,
            dataset -> {
              dataset
                  .index()
                  .update(
                      "UPDATE directory SET tree = substr(tree, 1, 20) || x'FF' || substr(tree, 22)"
                          + " WHERE path = ?",
                      (Object) path("b").key());
              dataset.index().commit();
              dataset.watching().doubt("a test flipped a bit");
              return dataset;
            });
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Unchanged.class);
    assertThat(lab.alpha.engine().heads()).isEqualTo(before);
    assertThat(glance(lab.alpha)).isEqualTo(only());
  }

  @Test
  void anIndexThatIsNoDatabaseAnyMoreIsPutAsideAtTheStart() throws IOException {
    Path index = lab.alpha.state.resolve(SyncLab.DATASET + ".index");
    lab.alpha.engine().close();
    Files.write(index, new byte[100_000]);
    lab.alpha.reopen(Effects.NONE);
    assertThat(index.resolveSibling(SyncLab.DATASET + ".index.damaged")).exists();
    assertThat(lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.forced().withConsent()))
        .isInstanceOfAny(SyncResult.Done.class, SyncResult.Unchanged.class);
    assertSame();
  }

  @Test
  void pagesOfTheIndexThatRottedCostNeitherHistoryNorAPerson() throws IOException {
    var before = lab.alpha.engine().heads().getFirst().generation();
    for (int at = 0; at < 300; at++) {
      Path directory = Files.createDirectory(lab.alpha.root.resolve("more" + at));
      Files.writeString(directory.resolve("a-name-that-takes-some-room-in-the-index"), "1");
    }
    assertSameAfterPull();
    Path index = lab.alpha.state.resolve(SyncLab.DATASET + ".index");
    lab.alpha.engine().close();
    try (RandomAccessFile file = new RandomAccessFile(index.toFile(), "rw")) {
      file.seek(file.length() / 2 / 4096 * 4096);
      file.write(new byte[8192]);
    }
    lab.alpha.reopen(Effects.NONE);
    assertThat(lab.beta.pullFrom(lab.alpha))
        .isInstanceOfAny(SyncResult.Done.class, SyncResult.Unchanged.class);
    assertThat(lab.alpha.engine().ancestry(SyncLab.DATASET)).contains(before.orElseThrow().id());
    assertSame();
  }

  @Test
  void aTreeThatNobodyFollowsHereIsNotWatched() throws IOException {
    assertThat(lab.alpha.engine().watchState(SyncLab.DATASET))
        .isInstanceOf(WatchState.FileSystem.class);
    assertThat(lab.beta.engine().watchState(SyncLab.DATASET)).isInstanceOf(WatchState.Idle.class);
  }

  @Test
  void sameSizeEditsWhoseTimeIsPutBackAreNotMissed() throws IOException {
    Path file = lab.alpha.root.resolve("b/2");
    Files.writeString(file, "XX");
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    assertSameAfterPull();
    Files.writeString(file, "YY");
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    assertSameAfterPull();
  }
}
