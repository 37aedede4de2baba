package understudy.sync;

import java.util.ArrayList;
import java.util.List;

/**
 * A program that dies before the effect with that number: what it tries after that does not happen
 * either. Effects are the named steps of a run, the commits of the index and every call that
 * changes or syncs the tree.
 */
class Mortal implements Effects {
  /** Lives, and counts. */
  static final int NEVER = Integer.MAX_VALUE;

  /** The process is gone: no clean-up of ours may depend on hearing of it. */
  static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash(String effect) {
      super("died before '" + effect + "'");
    }
  }

  private final int fatal;
  private final String from;
  private final List<String> seen = new ArrayList<>();

  Mortal(int fatal) {
    this("", fatal);
  }

  private Mortal(String from, int fatal) {
    this.from = from;
    this.fatal = fatal;
  }

  /** Dies before the effect that comes so many after that one. */
  static Mortal after(String effect, int more) {
    return new Mortal(effect, more + 1);
  }

  @Override
  public synchronized void before(String effect) {
    if (!seen.isEmpty() || from.isEmpty() || from.equals(effect)) {
      seen.add(effect);
    }
    if (seen.size() >= fatal) {
      throw new Crash(effect);
    }
  }

  final synchronized boolean isDead() {
    return seen.size() >= fatal;
  }

  /** How many effects there were, the fatal one included. */
  final synchronized int count() {
    return seen.size();
  }

  /** The effect that it died before, or came to last. */
  final synchronized String last() {
    return seen.isEmpty() ? "" : seen.getLast();
  }

  final synchronized List<String> seen() {
    return List.copyOf(seen);
  }
}
