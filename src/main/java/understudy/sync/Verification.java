package understudy.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
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
  private final FileReading reading;
  private final Walk walk;
  private final List<String> problems = new ArrayList<>();

  Verification(
      Index index,
      LivePlace live,
      CommitRecord record,
      Exclusions exclusions,
      FileReading reading) {
    this.reading = reading;
    this.index = index;
    this.live = live;
    this.record = record;
    this.exclusions = exclusions;
    this.walk = new Walk(index, record.moves());
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
      case Change.Arrive arrive -> index.moveWithin(arrive.from(), path);
      case Change.Remove _,
          Change.Replace _,
          Change.Add _,
          Change.Amend _,
          Change.Descend _,
          Change.Depart _ -> {}
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
    noteIntruders(directory, path, tree);
    index.putDirectory(
        path,
        new IndexedTree(new Bytes(incoming.get()), tree, keys(directory, path, tree, old)),
        directory.status().inode());
  }

  private record Kept(Entry entry, LocalKey key) {}

  /** What the index has under that name; names are asked for in their order. */
  private static final class Known {
    private final IndexedTree indexed;
    private int at;

    Known(IndexedTree indexed) {
      this.indexed = indexed;
    }

    @Nullable Kept of(Name name) {
      List<Entry> entries = indexed.tree().entries();
      while (at < entries.size() && entries.get(at).name().compareTo(name) < 0) {
        at++;
      }
      return at < entries.size() && entries.get(at).name().equals(name)
          ? new Kept(entries.get(at), indexed.keys().get(at))
          : null;
    }
  }

  private List<LocalKey> keys(Directory directory, TreePath path, Tree tree, IndexedTree old)
      throws IOException {
    Known known = new Known(old);
    List<LocalKey> keys = new ArrayList<>(tree.entries().size());
    for (Entry entry : tree.entries()) {
      Optional<FileStatus> status = directory.find(entry.name().bytes());
      Kept kept = known.of(entry.name());
      if (isAsKept(directory, entry, kept, status)) { // as most are
        keys.add(LocalKey.of(status.orElseThrow(), true));
        continue;
      }
      TreePath child = path.child(entry.name());
      if (entry instanceof Entry.Withheld) {
        if (kept != null && kept.entry() instanceof Entry.Subtree) {
          index.removeWithin(child); // it stays on the disk, and is no part of the generation
        }
        keys.add(LocalKey.NONE);
        continue;
      }
      if (status.isEmpty() && isExcused(child)) {
        keys.add(LocalKey.NONE);
        continue;
      }
      boolean isKept = kept != null && kept.entry().equals(entry);
      boolean isRight = status.isPresent() && fits(directory, status.get(), entry);
      if (!isRight && !isKept && !isExcused(child)) {
        throw new IOException(
            "'" + child + "' is not as it was staged: somebody else writes to this dataset");
      }
      keys.add(
          isKept
              ? compared(directory, child, entry, status)
              : LocalKey.of(status.orElseThrow(), true));
    }
    return keys;
  }

  /** Neither a step of ours nor anybody else has touched it. */
  private static boolean isAsKept(
      Directory directory, Entry entry, @Nullable Kept kept, Optional<FileStatus> status)
      throws IOException {
    return kept != null
        && status.isPresent()
        && kept.key().isOf(status.get())
        && kept.entry().equals(entry)
        && fits(directory, status.get(), entry);
  }

  private boolean isExcused(TreePath path) {
    return record.shortfalls().contains(path);
  }

  /** The key of an entry that no step of ours has touched and yet is not as the index knows it. */
  private LocalKey compared(
      Directory directory, TreePath path, Entry entry, Optional<FileStatus> status)
      throws IOException {
    boolean isSame =
        switch (entry) {
          case Entry.File file ->
              status.isPresent()
                  && (isExcused(path) || Dress.fits(status.get(), entry))
                  && isContent(directory, file);
          // a directory's own time moves with what is excluded in it
          case Entry.Subtree _ ->
              status.isPresent() && status.get().type() == FileStatus.Type.DIRECTORY;
          case Entry.Symlink _, Entry.Special _, Entry.Withheld _ ->
              status.isPresent() && (isExcused(path) || fits(directory, status.get(), entry));
        };
    if (!isSame) {
      problems.add("'" + path + "' was changed on this standby by somebody else");
      return LocalKey.NONE;
    }
    return LocalKey.of(status.orElseThrow(), true);
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

  private void noteIntruders(Directory directory, TreePath path, Tree tree) throws IOException {
    List<Name> expected = tree.entries().stream().map(Entry::name).toList();
    for (byte[] each : directory.names()) {
      Name name = Name.of(each);
      boolean isKnown =
          Collections.binarySearch(expected, name) >= 0
              || (path.isRoot() && name.equals(Reserved.AREA));
      if (!isKnown && !exclusions.excludes(path.child(name))) {
        problems.add("'" + path.child(name) + "' was put on this standby by somebody else");
      }
    }
  }
}
