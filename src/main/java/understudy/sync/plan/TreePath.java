package understudy.sync.plan;

import java.util.Arrays;

/**
 * A place in a dataset, relative to its root: names joined by {@code /}; the root itself is empty.
 * Ordered by name after name, so that a directory stands directly before what it contains.
 */
public final class TreePath implements Comparable<TreePath> {
  public static final TreePath ROOT = new TreePath(new byte[0]);

  /** Longest path that is accepted from a peer. */
  public static final int LONGEST_BYTES = 32 << 10;

  private final byte[] bytes;

  private TreePath(byte[] bytes) {
    this.bytes = bytes;
  }

  /** Reads joined names that somebody else sent, checking every one. */
  public static TreePath received(byte[] joined) throws MalformedException {
    if (joined.length > LONGEST_BYTES) {
      throw new MalformedException("a path is longer than " + LONGEST_BYTES + " bytes");
    }
    if (joined.length == 0) {
      return ROOT;
    }
    int start = 0;
    for (int at = 0; at <= joined.length; at++) {
      if (at == joined.length || joined[at] == '/') {
        Name.received(Arrays.copyOfRange(joined, start, at));
        start = at + 1;
      }
    }
    return new TreePath(joined);
  }

  public TreePath child(Name name) {
    byte[] own = name.bytes();
    if (isRoot()) {
      return new TreePath(own);
    }
    byte[] joined = Arrays.copyOf(bytes, bytes.length + 1 + own.length);
    joined[bytes.length] = '/';
    for (int at = 0; at < own.length; at++) {
      joined[bytes.length + 1 + at] = own[at];
    }
    return new TreePath(joined);
  }

  public boolean isRoot() {
    return bytes.length == 0;
  }

  /** The directory that holds this; throws for the root. */
  public TreePath parent() {
    int slash = lastSlash();
    return slash < 0 ? ROOT : new TreePath(Arrays.copyOf(bytes, slash));
  }

  /** The last name; throws for the root. */
  public Name name() {
    return Name.of(Arrays.copyOfRange(bytes, lastSlash() + 1, bytes.length));
  }

  private int lastSlash() {
    if (isRoot()) {
      throw new IllegalStateException("the root has neither parent nor name");
    }
    for (int at = bytes.length - 1; at >= 0; at--) {
      if (bytes[at] == '/') {
        return at;
      }
    }
    return -1;
  }

  /** How many names it has. */
  public int depth() {
    int depth = isRoot() ? 0 : 1;
    for (byte one : bytes) {
      if (one == '/') {
        depth++;
      }
    }
    return depth;
  }

  /** The joined bytes; not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  /**
   * A key that sorts bytewise as paths do: the joined bytes with NUL for {@code /}. What lies below
   * has this key, a NUL, and more.
   */
  public byte[] key() {
    byte[] key = bytes.clone();
    for (int at = 0; at < key.length; at++) {
      if (key[at] == '/') {
        key[at] = 0;
      }
    }
    return key;
  }

  /** The path that has this {@link #key}. */
  public static TreePath ofKey(byte[] key) {
    byte[] joined = key.clone();
    for (int at = 0; at < joined.length; at++) {
      if (joined[at] == 0) {
        joined[at] = '/';
      }
    }
    return new TreePath(joined);
  }

  /** This path with what follows {@code from} in it put below {@code to}. */
  public TreePath moved(TreePath from, TreePath to) {
    if (equals(from)) {
      return to;
    }
    int skip = from.isRoot() ? 0 : from.bytes.length + 1;
    byte[] rest = Arrays.copyOfRange(bytes, skip, bytes.length);
    if (to.isRoot()) {
      return new TreePath(rest);
    }
    int length = to.bytes.length + 1 + rest.length;
    return new TreePath(new ByteWriter(length).raw(to.bytes).u8('/').raw(rest).bytes());
  }

  /** Is {@code other}, or lies below it. */
  public boolean isWithin(TreePath other) {
    int length = other.bytes.length;
    return other.isRoot()
        || (bytes.length >= length
            && Arrays.equals(bytes, 0, length, other.bytes, 0, length)
            && (bytes.length == length || bytes[length] == '/'));
  }

  @Override
  public int compareTo(TreePath other) {
    return Arrays.compareUnsigned(key(), other.key());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TreePath path && Arrays.equals(bytes, path.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** For people: UTF-8 as it is, every other byte and every control character as {@code \xNN}. */
  @Override
  public String toString() {
    return isRoot() ? "." : Utf8.shown(bytes);
  }
}
