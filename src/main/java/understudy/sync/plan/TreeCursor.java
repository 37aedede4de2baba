package understudy.sync.plan;

import java.util.Arrays;

/**
 * Steps through a tree's encoding (see {@link TreeCode}) without making its entries: for comparing
 * millions of them with a disk. Its fields are those of the entry that {@link #next} stepped to.
 * Not for use by two threads at once.
 */
public final class TreeCursor {
  /** What kind of entry this is, as far as a look at a disk can tell. */
  public enum Kind {
    FILE,
    SUBTREE,
    SYMLINK,
    FIFO,
    SOCKET,
    CHARACTER_DEVICE,
    BLOCK_DEVICE,
    WITHHELD
  }

  private static final Kind[] SPECIALS = {
    Kind.FIFO, Kind.SOCKET, Kind.CHARACTER_DEVICE, Kind.BLOCK_DEVICE
  };

  private final byte[] bytes;
  private int start;
  private int at;
  private Kind kind = Kind.WITHHELD;
  private int nameStart;
  private int nameLength;
  private int mode;
  private int uid;
  private int gid;
  private long mtimeSeconds;
  private int mtimeNanos;
  private long sizeBytes;

  public TreeCursor(byte[] encoded) {
    this.bytes = encoded;
  }

  /** Steps to the next entry; false at the end. Throws when these bytes are no tree. */
  public boolean next() throws MalformedException {
    if (at == bytes.length) {
      return false;
    }
    int before = nameStart;
    int beforeLength = nameLength;
    try {
      read();
    } catch (IndexOutOfBoundsException tooShort) {
      throw new MalformedException("a tree ends in the middle of an entry");
    }
    if (start > 0
        && Arrays.compareUnsigned(
                bytes, before, before + beforeLength, bytes, nameStart, nameStart + nameLength)
            >= 0) {
      throw new MalformedException("a directory's entries are not sorted, or one comes twice");
    }
    return true;
  }

  private void read() throws MalformedException {
    start = at;
    int type = u8();
    nameLength = u16();
    nameStart = at;
    at += nameLength;
    sizeBytes = 0;
    if (type == TreeCode.WITHHELD) {
      kind = Kind.WITHHELD;
      at++;
      return;
    }
    mode = u16();
    uid = u32();
    gid = u32();
    mtimeSeconds = u64();
    mtimeNanos = u32();
    for (int left = u16(); left > 0; left--) {
      skip(u16());
      skip(u32());
    }
    switch (type) {
      case TreeCode.FILE -> {
        kind = Kind.FILE;
        sizeBytes = u64();
        skip(Hash.BYTES);
        skip(u16());
      }
      case TreeCode.SUBTREE -> {
        kind = Kind.SUBTREE;
        skip(Hash.BYTES + 4 * Long.BYTES);
      }
      case TreeCode.SYMLINK -> {
        kind = Kind.SYMLINK;
        skip(u16());
      }
      case TreeCode.SPECIAL -> {
        kind = SPECIALS[u8()];
        skip(Long.BYTES);
      }
      default -> throw new MalformedException("no entry has type " + type);
    }
  }

  private void skip(int count) throws MalformedException {
    if (count < 0 || count > bytes.length - at) {
      throw new MalformedException("a tree ends in the middle of an entry");
    }
    at += count;
  }

  private int u8() {
    return bytes[at++] & 0xff;
  }

  private int u16() {
    return u8() << 8 | u8();
  }

  private int u32() {
    return u16() << 16 | u16();
  }

  private long u64() {
    return (long) u32() << 32 | Integer.toUnsignedLong(u32());
  }

  /** The whole entry. */
  public Entry entry() throws MalformedException {
    return TreeCode.read(new ByteReader(Arrays.copyOfRange(bytes, start, at)));
  }

  /** Both stand at an entry that is the same in all it carries. */
  boolean isSameEntry(TreeCursor other) {
    return Arrays.equals(bytes, start, at, other.bytes, other.start, other.at);
  }

  /** Which of both entries comes first, by the order of {@link Name}. */
  int compareName(TreeCursor other) {
    return Arrays.compareUnsigned(
        bytes,
        nameStart,
        nameStart + nameLength,
        other.bytes,
        other.nameStart,
        other.nameStart + other.nameLength);
  }

  public Kind kind() {
    return kind;
  }

  /** The encoding this steps through; not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  /** Where in {@link #bytes} the name starts. */
  public int nameStart() {
    return nameStart;
  }

  public int nameLength() {
    return nameLength;
  }

  public int mode() {
    return mode;
  }

  public int uid() {
    return uid;
  }

  public int gid() {
    return gid;
  }

  public long mtimeSeconds() {
    return mtimeSeconds;
  }

  public int mtimeNanos() {
    return mtimeNanos;
  }

  /** Of a file; 0 for everything else. */
  public long sizeBytes() {
    return sizeBytes;
  }
}
