package understudy.sync;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import understudy.sync.plan.Change;
import understudy.sync.plan.Entry;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.Moves;
import understudy.sync.plan.Tree;
import understudy.sync.plan.TreeCode;
import understudy.sync.plan.TreePath;

/**
 * Walks from the index's tree to the incoming one, always in the same order, holding one directory
 * per level in memory. Every pass of a run is such a walk, so none needs a list of all changes.
 */
final class Walk {
  private static final byte[] NO_ENTRIES = {};

  private final Index index;
  private final Moves moves;

  /** Without looking for directories that move. */
  Walk(Index index) {
    this(index, Moves.NONE);
  }

  /** As long as a run lasts, the same directories move. */
  Walk(Index index, Moves moves) {
    this.index = index;
    this.moves = moves;
  }

  /** What a pass does on its way. */
  interface Visitor {
    /** An entry of a directory that both trees have. */
    void change(TreePath path, Change change) throws IOException;

    /** An entry below a directory that only the incoming tree has. */
    default void inside(TreePath path, Entry fresh) throws IOException {}

    /** After all entries of an incoming directory; {@code isNew} when only that tree has it. */
    default void leaving(TreePath path, Entry.Subtree fresh, boolean isNew) throws IOException {}
  }

  void run(Entry.Subtree root, Visitor visitor) throws IOException {
    byte[] old = own(TreePath.ROOT);
    byte[] fresh = index.incoming(TreePath.ROOT).orElse(old);
    descend(TreePath.ROOT, root, old, fresh, visitor);
  }

  private void descend(TreePath path, Entry.Subtree self, byte[] old, byte[] fresh, Visitor visitor)
      throws IOException {
    for (Change each : changes(old, fresh)) {
      TreePath child = path.child(each.name());
      Change change = moves.of(child, each);
      visitor.change(child, change);
      switch (change) {
        case Change.Descend descend ->
            descend(child, descend.fresh(), own(child), encoded(child), visitor);
        case Change.Add add when add.fresh() instanceof Entry.Subtree subtree ->
            enter(child, subtree, visitor);
        case Change.Replace replace when replace.fresh() instanceof Entry.Subtree subtree ->
            enter(child, subtree, visitor);
        case Change.Remove _,
            Change.Add _,
            Change.Replace _,
            Change.Amend _,
            Change.Depart _,
            Change.Arrive _ -> {}
      }
    }
    visitor.leaving(path, self, false);
  }

  private void enter(TreePath path, Entry.Subtree self, Visitor visitor) throws IOException {
    for (Entry entry : incoming(path).entries()) {
      TreePath child = path.child(entry.name());
      visitor.inside(child, entry);
      if (entry instanceof Entry.Subtree subtree) {
        enter(child, subtree, visitor);
      }
    }
    visitor.leaving(path, self, true);
  }

  private byte[] own(TreePath path) throws IOException {
    Optional<Index.Row> row = index.row(path);
    return row.isPresent() ? row.get().checkedTree() : NO_ENTRIES;
  }

  private byte[] encoded(TreePath path) throws IOException {
    return index
        .incoming(path)
        .orElseThrow(() -> new IOException("the incoming tree of '" + path + "' was not received"));
  }

  /** The incoming tree of a directory that has changed or is new. */
  Tree incoming(TreePath path) throws IOException {
    try {
      return TreeCode.decode(encoded(path));
    } catch (MalformedException damaged) {
      throw damaged(damaged);
    }
  }

  private static List<Change> changes(byte[] old, byte[] fresh) throws IOException {
    try {
      return Change.between(old, fresh);
    } catch (MalformedException damaged) {
      throw damaged(damaged);
    }
  }

  private static IOException damaged(MalformedException damaged) {
    return new IOException("the sync index is damaged: " + damaged.getMessage(), damaged);
  }
}
