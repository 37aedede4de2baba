package understudy.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import understudy.linux.Directory;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Name;
import understudy.sync.plan.TreePath;

/**
 * The names that are looked at in a directory.
 *
 * @param asked in order
 * @param before what the index has of them
 * @param kept what it has of all others, which stays as it is
 */
record Part(List<Name> asked, Rows before, Rows kept) {
  /** All names that are there, and all that the index has. */
  static Part whole(Directory directory, TreePath path, Rows indexed) throws IOException {
    int most = Crowd.mostEntries();
    List<byte[]> bytes = directory.names(most);
    if (bytes.size() > most) {
      throw new Scanner.TooLarge(path, Crowd.beyond(most));
    }
    List<Name> names = new ArrayList<>(bytes.size());
    for (byte[] each : bytes) {
      names.add(Name.of(each));
    }
    names.sort(null);
    return new Part(names, indexed, new Rows());
  }

  /**
   * Those that the scope names, directories on the way to what it names and, beside names, what was
   * read too soon after a change to be relied on.
   */
  static Part of(Scope scope, TreePath path, Rows indexed) {
    Set<Name> named = scope.named(path);
    Set<Name> asked = new TreeSet<>(named);
    Rows before = new Rows();
    Rows kept = new Rows();
    for (int at = 0; at < indexed.size(); at++) {
      Entry entry = indexed.entries().get(at);
      LocalKey key = indexed.keys().get(at);
      boolean isUnsure = !named.isEmpty() && !key.isSettled();
      boolean mayBeDirectory = entry instanceof Entry.Subtree || entry instanceof Entry.Withheld;
      boolean isOnTheWay = mayBeDirectory && scope.reaches(path.child(entry.name()));
      if (isUnsure || isOnTheWay || asked.contains(entry.name())) {
        asked.add(entry.name());
        before.add(entry, key);
      } else {
        kept.add(entry, key);
      }
    }
    return new Part(new ArrayList<>(asked), before, kept);
  }

  /** The whole directory, with what became of those that were asked for. */
  Rows with(Rows fresh, TreePath path) throws Scanner.TooLarge {
    Rows all = kept.with(fresh);
    int most = Crowd.mostEntries();
    if (all.size() > most) {
      throw new Scanner.TooLarge(path, Crowd.beyond(most));
    }
    return all;
  }
}
