package understudy.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import understudy.sync.plan.Change;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Hash;
import understudy.sync.plan.Tree;
import understudy.sync.plan.TreePath;

/**
 * The first pass of a run: counts what is to come and what is to go, remembers where content lies
 * that is about to go (moved files are copied from there), and lists what only this node had.
 */
final class Plan implements Walk.Visitor {
  private static final int MOST_REMEMBERED = 50_000;

  private final Index index;
  private final Set<TreePath> ownChanges;
  private final boolean isAllOwn;
  private final Map<Hash, Leaving> leaving = new HashMap<>();
  private final Map<Hash, Balance> balances = new HashMap<>();
  private final List<TreePath> divergedPaths = new ArrayList<>();
  private final List<String> removedPaths = new ArrayList<>();
  private long diverged;
  private long files;
  private long bytes;
  private long entries;
  private long removed;

  /** A file that is about to go from its place. */
  record Leaving(TreePath path, Entry.File file) {}

  /** How often a content goes and comes. */
  private static final class Balance {
    private long gone;
    private long come;
  }

  /**
   * @param ownChanges what this node changed since it and the source had a common state; empty when
   *     no common state, or not every change, is known: then everything that goes was its own
   */
  Plan(Index index, Optional<List<TreePath>> ownChanges) {
    this.index = index;
    this.isAllOwn = ownChanges.isEmpty();
    this.ownChanges = new HashSet<>(ownChanges.orElse(List.of()));
  }

  long files() {
    return files;
  }

  long bytes() {
    return bytes;
  }

  /** Everything that has to be created in the stage. */
  long entries() {
    return entries;
  }

  /** What goes for good: a file or directory whose content comes elsewhere has only moved. */
  long removed() {
    long moved = 0;
    for (Balance balance : balances.values()) {
      moved += Math.min(balance.gone, balance.come);
    }
    return Math.max(0, removed - moved);
  }

  /** Some of what goes without something in its place. */
  List<String> removedPaths() {
    return removedPaths;
  }

  Optional<SyncResult.Divergence> divergence() {
    return diverged == 0
        ? Optional.empty()
        : Optional.of(
            new SyncResult.Divergence(
                divergedPaths.stream().map(TreePath::toString).toList(), diverged));
  }

  /** The paths of the {@link #divergence}. */
  List<TreePath> ownPaths() {
    return divergedPaths;
  }

  /** Where this node has that content now, although perhaps not for long. */
  Optional<Leaving> leaving(Hash content) {
    return Optional.ofNullable(leaving.get(content));
  }

  @Override
  public void change(TreePath path, Change change) throws IOException {
    switch (change) {
      case Change.Remove remove -> {
        removes(path, remove.old().totals().entries());
        goes(path, remove.old());
        count(path, remove.old());
      }
      case Change.Replace replace -> {
        if (replace.old() instanceof Entry.Subtree directory) { // something else is in its place
          removes(path, directory.inside().entries());
          countInside(path);
        }
        goes(path, replace.old());
        comes(replace.fresh());
      }
      case Change.Add add -> {
        comes(add.fresh());
        noteChanged(path); // gone here, and back again
      }
      case Change.Amend _ -> noteChanged(path);
      case Change.Descend _, Change.Depart _, Change.Arrive _ -> {}
    }
  }

  private void removes(TreePath path, long entriesGone) {
    removed += entriesGone;
    if (entriesGone > 0 && removedPaths.size() < SyncRefused.Asked.MOST_PATHS) {
      removedPaths.add(path.toString());
    }
  }

  @Override
  public void inside(TreePath path, Entry fresh) {
    comes(fresh);
  }

  private void comes(Entry fresh) {
    entries++;
    if (fresh instanceof Entry.File file && file.linkedTo().isEmpty()) {
      files++;
      bytes += file.sizeBytes();
    }
    balance(fresh).ifPresent(balance -> balance.come++);
  }

  /** Empty for what has no content to know it by, and when there is too much to remember. */
  private Optional<Balance> balance(Entry entry) {
    Hash content =
        switch (entry) {
          case Entry.File file -> file.content();
          case Entry.Subtree subtree -> subtree.tree();
          case Entry.Symlink _, Entry.Special _, Entry.Withheld _ -> null;
        };
    Balance known = content == null ? null : balances.get(content);
    if (known == null && content != null && balances.size() < MOST_REMEMBERED) {
      known = new Balance();
      balances.put(content, known);
    }
    return Optional.ofNullable(known);
  }

  private void count(TreePath path, Entry gone) throws IOException {
    balance(gone).ifPresent(balance -> balance.gone++);
    if (gone instanceof Entry.Subtree) {
      countInside(path);
    }
  }

  private void countInside(TreePath directory) throws IOException {
    Optional<IndexedTree> row = index.directory(directory);
    for (Entry entry : row.isPresent() ? row.get().tree().entries() : Tree.EMPTY.entries()) {
      count(directory.child(entry.name()), entry);
    }
  }

  private void goes(TreePath path, Entry old) throws IOException {
    if (old instanceof Entry.File file) {
      if (leaving.size() < MOST_REMEMBERED && file.sizeBytes() > 0) {
        leaving.put(file.content(), new Leaving(path, file));
      }
      noteOwn(path);
    } else if (old instanceof Entry.Subtree) {
      Optional<IndexedTree> row = index.directory(path);
      for (Entry entry : row.isPresent() ? row.get().tree().entries() : Tree.EMPTY.entries()) {
        goes(path.child(entry.name()), entry);
      }
      noteOwn(path);
    } else {
      noteOwn(path);
    }
  }

  private void noteChanged(TreePath path) {
    if (!isAllOwn) {
      noteOwn(path);
    }
  }

  private void noteOwn(TreePath path) {
    if (isAllOwn || ownChanges.contains(path)) {
      diverged++;
      if (divergedPaths.size() < SyncResult.Divergence.MOST_PATHS) {
        divergedPaths.add(path);
      }
    }
  }
}
