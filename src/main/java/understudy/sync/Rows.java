package understudy.sync;

import java.util.ArrayList;
import java.util.List;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Name;

/** Entries of one directory in the order of their names, and this node's key of each. */
record Rows(List<Entry> entries, List<LocalKey> keys) {
  Rows() {
    this(new ArrayList<>(), new ArrayList<>());
  }

  void add(Entry entry, LocalKey key) {
    entries.add(entry);
    keys.add(key);
  }

  int size() {
    return entries.size();
  }

  private Name name(int at) {
    return entries.get(at).name();
  }

  /** These and others, none of which has a name of these. */
  Rows with(Rows others) {
    Rows all = new Rows();
    int theirs = 0;
    for (int at = 0; at < size(); at++) {
      while (theirs < others.size() && others.name(theirs).compareTo(name(at)) < 0) {
        all.add(others.entries.get(theirs), others.keys.get(theirs));
        theirs++;
      }
      all.add(entries.get(at), keys.get(at));
    }
    while (theirs < others.size()) {
      all.add(others.entries.get(theirs), others.keys.get(theirs));
      theirs++;
    }
    return all;
  }
}
