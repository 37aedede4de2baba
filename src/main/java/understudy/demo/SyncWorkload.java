package understudy.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The data sets of {@code bench sync} and what happens to each, in this order. */
enum SyncWorkload {
  TREE("tree", Rsync.Way.DAEMON) {
    @Override
    void make(Path root, SyncScale scale) throws IOException {
      SyncData.tree(root, scale.treeFiles(), scale.treeBytes());
    }

    @Override
    List<Step> changes(SyncScale scale) {
      return List.of(
          new Step("nothing", (root, round) -> SyncData.NOTHING),
          new Step("1-percent-of-files", SyncData::edit));
    }
  },
  SMALL("small", Rsync.Way.DAEMON) {
    @Override
    void make(Path root, SyncScale scale) throws IOException {
      SyncData.small(root, scale.smallFiles());
    }

    @Override
    List<Step> changes(SyncScale scale) {
      return List.of();
    }
  },
  BIG("big", Rsync.Way.SSH_IN_PLACE) {
    @Override
    void make(Path root, SyncScale scale) throws IOException {
      SyncData.big(root.resolve(FILE), scale.bigBytes());
    }

    @Override
    List<Step> changes(SyncScale scale) {
      return List.of(
          new Step(
              "1-percent-in-place", (root, round) -> SyncData.patch(root.resolve(FILE), round)),
          new Step(
              "append",
              (root, round) -> SyncData.append(root.resolve(FILE), scale.appendedBytes(), round)));
    }
  },
  MOVE("move", Rsync.Way.DAEMON) {
    @Override
    void make(Path root, SyncScale scale) throws IOException {
      SyncData.large(root.resolve("folder-0"), scale.movedFiles());
    }

    @Override
    List<Step> changes(SyncScale scale) {
      return List.of(new Step("rename-folder", SyncWorkload::rename));
    }
  },
  TINY("tiny", Rsync.Way.DAEMON) {
    @Override
    void make(Path root, SyncScale scale) throws IOException {
      SyncData.tiny(root, scale.tinyFiles());
    }

    @Override
    List<Step> changes(SyncScale scale) {
      return List.of(
          new Step("nothing", (root, round) -> SyncData.NOTHING),
          new Step("nothing-by-watcher", (root, round) -> SyncData.NOTHING, true));
    }
  };

  private static final String FILE = "big";

  private final String word;
  private final Rsync.Way third;

  SyncWorkload(String word, Rsync.Way third) {
    this.word = word;
    this.third = third;
  }

  /** What changes the source before a sync; {@code round} counts from 1. */
  interface Change {
    SyncData.Changed apply(Path root, int round) throws IOException;
  }

  /**
   * One change, and how its figures are called.
   *
   * @param isQuick our sync looks only where the source's watcher was told of changes
   */
  record Step(String word, Change change, boolean isQuick) {
    Step(String word, Change change) {
      this(word, change, false);
    }
  }

  abstract void make(Path root, SyncScale scale) throws IOException;

  abstract List<Step> changes(SyncScale scale);

  String word() {
    return word;
  }

  List<Rsync.Way> peers() {
    return List.of(Rsync.Way.SSH, Rsync.Way.SSH_DURABLE, third);
  }

  private static SyncData.Changed rename(Path root, int round) throws IOException {
    Path from = root.resolve("folder-" + (round - 1));
    Files.move(from, root.resolve("folder-" + round));
    return SyncData.NOTHING;
  }

  static List<String> words() {
    List<String> words = new ArrayList<>();
    for (SyncWorkload workload : values()) {
      words.add(workload.word);
    }
    return words;
  }
}
