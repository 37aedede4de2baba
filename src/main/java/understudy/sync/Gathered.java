package understudy.sync;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import understudy.sync.plan.Entry;

/**
 * A directory's rows while they are gathered: each keeps its place, for the order of the names,
 * although subdirectories are looked at last.
 */
final class Gathered {
  private final List<@Nullable Entry> entries;
  private final List<LocalKey> keys;
  private final List<Waiting> directories = new ArrayList<>();

  /** A subdirectory, and the place of its row. */
  record Waiting(Found found, int at) {}

  Gathered(int most) {
    this.entries = new ArrayList<>(most);
    this.keys = new ArrayList<>(most);
  }

  /** A place for the next name; it stays empty unless something is put there. */
  int next() {
    entries.add(null);
    keys.add(LocalKey.NONE);
    return entries.size() - 1;
  }

  void put(int at, Entry entry, LocalKey key) {
    entries.set(at, entry);
    keys.set(at, key);
  }

  void await(Found directory, int at) {
    directories.add(new Waiting(directory, at));
  }

  List<Waiting> directories() {
    return directories;
  }

  /** In the order of the names, without the empty places. */
  Rows rows() {
    Rows full = new Rows();
    for (int at = 0; at < entries.size(); at++) {
      Entry entry = entries.get(at);
      if (entry != null) {
        full.add(entry, keys.get(at));
      }
    }
    return full;
  }
}
