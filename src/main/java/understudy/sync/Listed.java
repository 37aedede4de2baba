package understudy.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Exclusions;
import understudy.sync.plan.Name;
import understudy.sync.plan.TreePath;

/**
 * What is in a directory beside what the index has of it.
 *
 * @param found in the order of the names
 * @param vanished places of the index's entries that are there no more
 */
record Listed(List<Found> found, List<Integer> vanished) {
  /** More entries than this are not taken: their tree would not fit into a frame, nor the heap. */
  static final int MOST_ENTRIES = 250_000;

  /** Old rows, walked in step with the names on disk. */
  private static final class Old {
    private final IndexedTree indexed;
    private int at;

    Old(IndexedTree indexed) {
      this.indexed = indexed;
    }

    /** Moves to that name; answers whether it is there. */
    boolean moveTo(Name name, List<Integer> passedOver) {
      List<Entry> entries = indexed.tree().entries();
      while (at < entries.size() && entries.get(at).name().compareTo(name) < 0) {
        passedOver.add(at++);
      }
      return at < entries.size() && entries.get(at).name().equals(name);
    }

    Entry entry() {
      return indexed.tree().entries().get(at);
    }

    LocalKey key() {
      return indexed.keys().get(at++);
    }
  }

  static Listed of(
      Directory directory,
      TreePath path,
      Exclusions exclusions,
      IndexedTree indexed,
      Scanning scanning)
      throws IOException {
    List<byte[]> bytes = directory.names(MOST_ENTRIES);
    if (bytes.size() > MOST_ENTRIES) {
      throw new Scanner.TooLarge(path, "more than " + MOST_ENTRIES + " entries");
    }
    List<Name> names = new ArrayList<>(bytes.size());
    for (byte[] each : bytes) {
      names.add(Name.of(each));
    }
    names.sort(null);
    Old old = new Old(indexed);
    List<Integer> vanished = new ArrayList<>();
    List<Found> found = new ArrayList<>(names.size());
    for (Name each : names) {
      if ((path.isRoot() && each.equals(Reserved.AREA))
          || (!exclusions.isEmpty() && exclusions.excludes(path.child(each)))) {
        continue;
      }
      Optional<FileStatus> status = directory.find(each.bytes());
      if (status.isPresent()) {
        scanning.sawEntry();
        boolean isKnown = old.moveTo(each, vanished);
        Entry entry = isKnown ? old.entry() : null;
        found.add(new Found(each, status.get(), entry, isKnown ? old.key() : LocalKey.NONE));
      }
    }
    while (old.at < indexed.tree().entries().size()) {
      vanished.add(old.at++);
    }
    return new Listed(found, vanished);
  }
}
