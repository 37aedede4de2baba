package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import understudy.linux.Directory;

/**
 * Random trees change at random, and the follower dies before a random effect of its run (each call
 * that changes or syncs the tree, each commit of the index), every second time with the power gone
 * and with it what no sync had brought to the disk; sometimes again while it recovers; sometimes
 * the source dies in its capture. What is found is always exactly the old state or the new one, and
 * the next run ends at the new one. How many deaths is said by {@code -Dunderstudy.crashes=N};
 * {@code bench/crash} takes 10,000.
 */
class CrashSweepTest {
  private static final int CRASHES = Integer.getInteger("understudy.crashes", 400);
  private static final int CRASHES_PER_TREE = 50;
  private static final int NAMES = 14;
  private static final int BLOCK_BYTES = 64 << 10;
  private static final int BIG_BLOCKS = 20;
  private static final int LAST_EFFECTS = 10;

  /** Files, directories and links that come, change, go and become each other. */
  private static void change(Path root, Random random, int depth) throws IOException {
    for (int at = 0; at < NAMES; at++) {
      Path path = root.resolve("n" + at);
      switch (random.nextInt(8)) {
        case 0 -> remove(root, path);
        case 1 -> {
          remove(root, path);
          Files.writeString(path, "content " + random.nextInt(1000));
        }
        case 2 -> {
          if (Files.isRegularFile(path)) {
            Files.writeString(path, "x".repeat(random.nextInt(5000)));
          }
        }
        case 3 -> {
          remove(root, path);
          Files.createSymbolicLink(path, Path.of("n" + random.nextInt(NAMES)));
        }
        case 4 -> {
          if (depth > 0) {
            if (!Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
              remove(root, path);
              Files.createDirectory(path);
            }
            change(path, random, depth - 1);
          }
        }
        case 5 -> {
          Path other = root.resolve("n" + random.nextInt(NAMES));
          if (Files.isRegularFile(other, java.nio.file.LinkOption.NOFOLLOW_LINKS)
              && !other.equals(path)) {
            remove(root, path);
            Files.createLink(path, other);
          }
        }
        case 6 -> {
          Path other = root.resolve("n" + random.nextInt(NAMES));
          boolean isInside = Files.isDirectory(other, java.nio.file.LinkOption.NOFOLLOW_LINKS);
          Path to = isInside ? other.resolve("n" + random.nextInt(NAMES)) : other;
          if (Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)
              && !to.startsWith(path)
              && !Files.exists(to, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            Files.move(path, to);
          }
        }
        default -> {}
      }
    }
  }

  /** A file of which blocks change: some are patched in place, with the old blocks saved. */
  private static void changeBlocks(Path big, Random random) throws IOException {
    byte[] block = new byte[BLOCK_BYTES];
    random.nextBytes(block);
    if (!Files.exists(big)) {
      byte[] whole = new byte[BIG_BLOCKS * BLOCK_BYTES];
      random.nextBytes(whole);
      Files.write(big, whole);
    }
    try (RandomAccessFile open = new RandomAccessFile(big.toFile(), "rw")) {
      open.seek((long) random.nextInt(BIG_BLOCKS) * BLOCK_BYTES);
      open.write(block);
    }
  }

  private static void remove(Path parent, Path path) throws IOException {
    try (Directory directory = Directory.open(parent)) {
      Reserved.removeAll(directory, Reserved.utf8(String.valueOf(path.getFileName())));
    }
  }

  private static void copy(Path from, Path to) throws Exception {
    assertThat(
            new ProcessBuilder("cp", "-a", from.toString(), to.toString())
                .inheritIO()
                .start()
                .waitFor())
        .isZero();
  }

  /** One change of a tree, and many deaths while it is followed. */
  private static final class Story {
    private final SyncLab lab;
    private final Random random;
    private final Path saved;
    private final StreamOpener source;
    private TreePicture old;
    private TreePicture fresh;
    int oldStates;
    int newStates;
    int powerCuts;
    final Set<String> kinds = new TreeSet<>();
    private int deathsSeen;

    Story(SyncLab lab, long seed) throws Exception {
      this.lab = lab;
      this.random = new Random(seed);
      this.saved = lab.home.resolve("saved");
      change(lab.alpha.root, random, 2);
      changeBlocks(lab.alpha.root.resolve("big"), random);
      assertThat(lab.beta.pullFrom(lab.alpha))
          .isInstanceOfAny(SyncResult.Done.class, SyncResult.Unchanged.class);
      this.old = TreePicture.of(lab.beta.root);
      lab.beta.engine().close();
      copy(lab.home.resolve("beta"), saved);
      change(lab.alpha.root, random, 2);
      changeBlocks(lab.alpha.root.resolve("big"), random);
      this.fresh = TreePicture.of(lab.alpha.root);
      this.source = lab.alpha.listening();
    }

    private void reset(Effects effects) throws Exception {
      putBack();
      lab.beta.reopen(effects);
    }

    private void putBack() throws Exception {
      lab.beta.engine().close();
      try (Directory home = Directory.open(lab.home)) {
        Reserved.removeAll(home, Reserved.ascii("beta"));
      }
      copy(saved, lab.home.resolve("beta"));
    }

    private void pull() {
      SyncResult _ =
          lab.beta
              .engine()
              .pull(SyncLab.DATASET, source, PullOptions.USUAL.forced(), progress -> {});
    }

    int effects() throws Exception {
      Mortal counting = new Mortal(Mortal.NEVER);
      reset(counting);
      pull();
      assertThat(TreePicture.of(lab.beta.root).differencesTo(fresh)).isEmpty();
      return counting.count();
    }

    void dieBefore(int fatal) throws Exception {
      List<String> deaths = new ArrayList<>();
      putBack();
      boolean isPowerLost = random.nextBoolean();
      Mortal mortal =
          isPowerLost
              ? new PowerCut(
                  lab.beta.root, lab.home.resolve("survivor"), fatal, 1 + random.nextInt(fatal))
              : new Mortal(fatal);
      try {
        lab.beta.reopen(mortal);
        pull();
      } catch (Mortal.Crash crash) {
        deaths.add(mortal.last());
        kinds.add(mortal.last());
      }
      if (mortal instanceof PowerCut cut && mortal.isDead()) {
        lab.beta.engine().close();
        deaths.add("the disk went back");
        cut.restore();
        powerCuts++;
      }
      if (random.nextBoolean()) {
        Mortal again = new Mortal(1 + random.nextInt(10));
        try {
          lab.beta.reopen(again);
        } catch (Mortal.Crash crash) {
          deaths.add(again.last());
        }
      }
      lab.beta.reopen(Effects.NONE);
      assertThat(lab.beta.engine().heads().getFirst().isWhole()).isTrue();
      TreePicture found = TreePicture.of(lab.beta.root);
      boolean isNew = found.differencesTo(fresh).isEmpty();
      if (!isNew) {
        assertThat(found.differencesTo(old)).as("died before %s", deaths).isEmpty();
      }
      oldStates += isNew ? 0 : 1;
      newStates += isNew ? 1 : 0;
      pull();
      assertThat(lab.beta.engine().heads().getFirst().generation().orElseThrow().root())
          .as("after the deaths before %s", deaths)
          .isEqualTo(lab.alpha.engine().heads().getFirst().generation().orElseThrow().root());
      if (deathsSeen++ % 5 == 0) { // the picture is dear
        assertThat(TreePicture.of(lab.beta.root).differencesTo(fresh))
            .as("after the deaths before %s", deaths)
            .isEmpty();
      }
    }

    /** The source dies before an effect of its capture; the follower ends where it was. */
    void sourceDies() throws Exception {
      reset(Effects.NONE);
      Files.writeString(lab.alpha.root.resolve("late"), "late " + random.nextInt());
      Mortal mortal = new Mortal(1 + random.nextInt(5));
      try {
        lab.alpha.reopen(mortal);
        lab.alpha.engine().capture(SyncLab.DATASET, SyncLab.TERM);
      } catch (Mortal.Crash crash) {
        assertThat(mortal.last()).startsWith("commit");
      }
      lab.alpha.reopen(Effects.NONE);
      pull();
      assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
          .isEmpty();
      fresh = TreePicture.of(lab.alpha.root);
    }
  }

  @Test
  void whereverARunDiesTheTreeIsTheOldOrTheNewState() throws Exception {
    int crashes = 0;
    int oldStates = 0;
    int newStates = 0;
    int powerCuts = 0;
    Set<String> kinds = new TreeSet<>();
    for (long seed = 1; crashes < CRASHES; seed++) {
      try (SyncLab lab = new SyncLab()) {
        Story story = new Story(lab, seed);
        int effects = story.effects();
        Random random = new Random(seed);
        int here = Math.min(CRASHES_PER_TREE, CRASHES - crashes);
        for (int at = 0; at < here; at++) {
          int span = random.nextInt(4) == 0 ? LAST_EFFECTS : effects; // the end is special
          story.dieBefore(Math.max(1, effects - random.nextInt(span)));
        }
        story.sourceDies();
        crashes += here + 1;
        oldStates += story.oldStates;
        newStates += story.newStates;
        powerCuts += story.powerCuts;
        kinds.addAll(story.kinds);
      }
      System.err.printf("%d of %d deaths, none found half%n", crashes, CRASHES);
    }
    System.out.printf(
        "%d deaths (%d with power and unsynced writes gone) before %d kinds of effect: found %d"
            + " times the old state, %d times the new one%n",
        crashes, powerCuts, kinds.size(), oldStates, newStates);
    System.out.println(kinds);
    assertThat(oldStates).isPositive();
    assertThat(newStates).isPositive();
  }
}
