package understudy.sync.plan;

import java.util.ArrayList;
import java.util.List;

/** What must happen to one entry of a directory so that the old tree becomes the new one. */
public sealed interface Change {
  Name name();

  /** Goes away. */
  record Remove(Name name, Entry old) implements Change {}

  /** Is new. */
  record Add(Name name, Entry fresh) implements Change {}

  /** Another content or another type takes its place. */
  record Replace(Name name, Entry old, Entry fresh) implements Change {}

  /** Stays what it is, only what it carries differs. */
  record Amend(Name name, Entry old, Entry fresh) implements Change {}

  /** A directory on both sides whose tree differs, and perhaps what it carries. */
  record Descend(Name name, Entry.Subtree old, Entry.Subtree fresh) implements Change {}

  /** A directory that goes to another place as it is. */
  record Depart(Name name, TreePath to, Entry.Subtree old) implements Change {}

  /** A directory that comes from another place as it is, but perhaps for what it carries. */
  record Arrive(Name name, TreePath from, Entry.Subtree fresh) implements Change {}

  /**
   * All changes of one directory, in the order of names. Only entries that differ are decoded: in a
   * large directory most do not.
   *
   * @param old its encoding, see {@link TreeCode}
   * @param fresh the one that it is to become
   */
  static List<Change> between(byte[] old, byte[] fresh) throws MalformedException {
    List<Change> changes = new ArrayList<>();
    TreeCursor left = new TreeCursor(old);
    TreeCursor right = new TreeCursor(fresh);
    boolean isLeft = left.next();
    boolean isRight = right.next();
    while (isLeft || isRight) {
      int order = !isLeft ? 1 : !isRight ? -1 : left.compareName(right);
      if (order < 0) {
        Entry gone = left.entry();
        changes.add(new Remove(gone.name(), gone));
      } else if (right.kind() != TreeCursor.Kind.WITHHELD) { // else what is there stays
        if (order > 0) {
          Entry come = right.entry();
          changes.add(new Add(come.name(), come));
        } else if (!left.isSameEntry(right)) {
          changes.add(between(left.entry(), right.entry()));
        }
      }
      isLeft = order <= 0 ? left.next() : isLeft;
      isRight = order >= 0 ? right.next() : isRight;
    }
    return changes;
  }

  /** The change of one entry that both sides have, and that differs. */
  private static Change between(Entry old, Entry fresh) {
    return switch (fresh) {
      case Entry.File file
          when old instanceof Entry.File before
              && before.content().equals(file.content())
              && before.linkedTo().equals(file.linkedTo()) ->
          new Amend(fresh.name(), old, fresh);
      case Entry.Subtree subtree when old instanceof Entry.Subtree before ->
          before.tree().equals(subtree.tree())
              ? new Amend(fresh.name(), old, fresh)
              : new Descend(fresh.name(), before, subtree);
      case Entry.File _, Entry.Subtree _, Entry.Symlink _, Entry.Special _, Entry.Withheld _ ->
          new Replace(fresh.name(), old, fresh);
    };
  }
}
