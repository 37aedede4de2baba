package understudy.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.sync.plan.Bytes;
import understudy.sync.plan.Change;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Exclusions;
import understudy.sync.plan.Name;
import understudy.sync.plan.Tree;
import understudy.sync.plan.TreePath;

/**
 * Looks at every directory that a commit touched and brings the index up to date from what is
 * really there. Content was verified in the stage; names, types and what entries carry are compared
 * here, so that the head's root is the root of what a service would find.
 */
final class Verification implements Walk.Visitor {
  private final Index index;
  private final LivePlace live;
  private final CommitRecord record;
  private final Exclusions exclusions;
  private final Intruders intruders;
  private final FileReading reading;
  private final Walk walk;
  private final List<String> problems = new ArrayList<>();

  /** What to do with an entry that belongs to no generation: somebody wrote to this tree. */
  interface Intruders {
    void remove(Directory directory, TreePath path) throws IOException;
  }

  Verification(
      Index index,
      LivePlace live,
      CommitRecord record,
      Exclusions exclusions,
      Intruders intruders,
      FileReading reading) {
    this.reading = reading;
    this.index = index;
    this.live = live;
    this.record = record;
    this.exclusions = exclusions;
    this.intruders = intruders;
    this.walk = new Walk(index);
  }

  /**
   * Checks and updates; answers what else is wrong with the tree, worth a scan before next time.
   */
  List<String> run() throws IOException {
    walk.run(record.offer().root(), this);
    return problems;
  }

  @Override
  public void change(TreePath path, Change change) throws IOException {
    switch (change) {
      case Change.Remove remove when remove.old() instanceof Entry.Subtree ->
          index.removeWithin(path);
      case Change.Replace replace when replace.old() instanceof Entry.Subtree ->
          index.removeWithin(path);
      case Change.Remove _,
          Change.Replace _,
          Change.Add _,
          Change.Amend _,
          Change.Keep _,
          Change.Descend _ -> {}
    }
  }

  @Override
  public void leaving(TreePath path, Entry.Subtree fresh, boolean isNew) throws IOException {
    Optional<byte[]> incoming = index.incoming(path);
    if (incoming.isEmpty()) {
      return; // the root, when only what it carries has changed
    }
    Tree tree = walk.incoming(path);
    IndexedTree old = index.directory(path).orElse(IndexedTree.EMPTY);
    Directory directory = live.directory(path);
    removeIntruders(directory, path, tree, fresh);
    index.putDirectory(
        path, new IndexedTree(new Bytes(incoming.get()), tree, keys(directory, path, tree, old)));
  }

  private record Kept(Entry entry, LocalKey key) {}

  private List<LocalKey> keys(Directory directory, TreePath path, Tree tree, IndexedTree old)
      throws IOException {
    Map<Name, Kept> known = new HashMap<>();
    for (int at = 0; at < old.keys().size(); at++) {
      Entry entry = old.tree().entries().get(at);
      known.put(entry.name(), new Kept(entry, old.keys().get(at)));
    }
    List<LocalKey> keys = new ArrayList<>(tree.entries().size());
    for (Entry entry : tree.entries()) {
      Optional<FileStatus> status = directory.find(entry.name().bytes());
      TreePath child = path.child(entry.name());
      boolean isExcused = record.shortfalls().contains(child) || entry instanceof Entry.Withheld;
      if (!isExcused && (status.isEmpty() || !fits(directory, status.get(), entry))) {
        throw new IOException(
            "'" + child + "' is not as it was staged: somebody else writes to this dataset");
      }
      if (status.isEmpty() || entry instanceof Entry.Withheld) {
        keys.add(LocalKey.NONE);
        continue;
      }
      Kept kept = known.get(entry.name());
      boolean isTouched =
          kept != null && kept.entry().equals(entry) && !kept.key().isOf(status.get());
      keys.add(
          isTouched
              ? compared(directory, child, entry, status.get())
              : LocalKey.of(status.get(), true));
    }
    return keys;
  }

  /** The key of an entry that no step of ours has touched and yet is not as the index knows it. */
  private LocalKey compared(Directory directory, TreePath path, Entry entry, FileStatus status)
      throws IOException {
    boolean isSame =
        switch (entry) {
          case Entry.File file -> isContent(directory, file);
          case Entry.Subtree _, Entry.Symlink _, Entry.Special _, Entry.Withheld _ -> true;
        };
    if (!isSame) {
      problems.add("'" + path + "' was changed on this standby by somebody else");
    }
    return LocalKey.of(status, isSame);
  }

  private boolean isContent(Directory directory, Entry.File file) throws IOException {
    return switch (reading.read(directory, file.name().bytes())) {
      case FileReading.Outcome.Read read -> read.content().equals(file.content());
      case FileReading.Outcome.Withheld _, FileReading.Outcome.Gone _ -> false;
    };
  }

  private static boolean fits(Directory directory, FileStatus status, Entry entry)
      throws IOException {
    return Dress.fits(status, entry)
        && (!(entry instanceof Entry.Symlink symlink)
            || Arrays.equals(directory.readLink(symlink.name().bytes()), symlink.target().bytes()));
  }

  private void removeIntruders(Directory directory, TreePath path, Tree tree, Entry.Subtree fresh)
      throws IOException {
    List<Name> expected = tree.entries().stream().map(Entry::name).toList();
    boolean isDisturbed = false;
    for (byte[] each : directory.names()) {
      Name name = Name.of(each);
      TreePath child = path.child(name);
      boolean isOurs = path.isRoot() && name.equals(Reserved.AREA);
      if (!isOurs && Collections.binarySearch(expected, name) < 0 && !exclusions.excludes(child)) {
        intruders.remove(directory, child);
        problems.add("'" + child + "' was put on this standby by somebody else");
        isDisturbed = true;
      }
    }
    if (isDisturbed) {
      boolean _ = Dress.put(directory, new byte[0], fresh.carried(), false);
    }
  }
}
