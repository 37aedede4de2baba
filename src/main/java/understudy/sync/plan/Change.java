package understudy.sync.plan;

import java.util.ArrayList;
import java.util.List;

/** What must happen to one entry of a directory so that the old tree becomes the new one. */
public sealed interface Change {
  Name name();

  /** Nothing in the entry differs, or the new one is withheld: what is there stays. */
  record Keep(Name name) implements Change {}

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

  /** All changes of one directory, in the order of names. */
  static List<Change> between(Tree old, Tree fresh) {
    List<Change> changes = new ArrayList<>();
    List<Entry> left = old.entries();
    List<Entry> right = fresh.entries();
    int atLeft = 0;
    int atRight = 0;
    while (atLeft < left.size() || atRight < right.size()) {
      int order =
          atLeft == left.size()
              ? 1
              : atRight == right.size()
                  ? -1
                  : left.get(atLeft).name().compareTo(right.get(atRight).name());
      if (order < 0) {
        Entry gone = left.get(atLeft++);
        changes.add(new Remove(gone.name(), gone));
      } else if (order > 0) {
        Entry come = right.get(atRight++);
        changes.add(
            come instanceof Entry.Withheld ? new Keep(come.name()) : new Add(come.name(), come));
      } else {
        changes.add(between(left.get(atLeft++), right.get(atRight++)));
      }
    }
    return changes;
  }

  /** The change of one entry that both sides have. */
  static Change between(Entry old, Entry fresh) {
    if (old.equals(fresh) || fresh instanceof Entry.Withheld) {
      return new Keep(fresh.name());
    }
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
