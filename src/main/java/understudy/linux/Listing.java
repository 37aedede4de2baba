package understudy.linux;

import static understudy.linux.Kernel.call;
import static understudy.linux.Kernel.checked;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The names in one directory, in the order of their bytes, and the status of one of them at a time:
 * what {@link Directory#names} and {@link Directory#find} give, without an object per entry. Made
 * to be used again for one directory after another; by one thread.
 */
public final class Listing {
  private static final int TYPE_AND_MODE = 28;

  private byte[] names = new byte[8 << 10];
  private int used;
  private int[] starts = new int[256];
  private int[] order = new int[256];
  private int[] spare = new int[256];
  private int count;
  private MemorySegment status = Kernel.scratch().answer;

  /** Replaces what this held by the directory's names, without {@code .} and {@code ..}. */
  public void read(Directory directory) throws SystemCallException {
    used = 0;
    count = 0;
    int descriptor = directory.descriptor();
    byte[] shown = Kernel.bytes("directory");
    checked(call(FileCall.LSEEK, descriptor, 0, 0), "rewind", shown);
    MemorySegment listing = Kernel.scratch().listing;
    while (true) {
      long filled = call(FileCall.GETDENTS64, descriptor, listing.address(), listing.byteSize());
      if (checked(filled, "list", shown) == 0) {
        break;
      }
      for (long at = 0; at < filled; ) {
        int length = Short.toUnsignedInt(listing.get(ValueLayout.JAVA_SHORT, at + 16));
        add(listing, at + 19);
        at += length;
      }
    }
    for (int at = 0; at < count; at++) {
      order[at] = at;
    }
    sort(0, count);
  }

  private void add(MemorySegment listing, long start) {
    int length = 0;
    while (listing.get(ValueLayout.JAVA_BYTE, start + length) != 0) {
      length++;
    }
    if (listing.get(ValueLayout.JAVA_BYTE, start) == '.'
        && (length == 1 || (length == 2 && listing.get(ValueLayout.JAVA_BYTE, start + 1) == '.'))) {
      return;
    }
    if (used + length > names.length) {
      names = Arrays.copyOf(names, Math.max(names.length * 2, used + length));
    }
    if (count + 1 >= starts.length) {
      starts = Arrays.copyOf(starts, starts.length * 2);
      order = Arrays.copyOf(order, order.length * 2);
      spare = Arrays.copyOf(spare, spare.length * 2);
    }
    MemorySegment.copy(listing, ValueLayout.JAVA_BYTE, start, names, used, length);
    starts[count++] = used;
    used += length;
    starts[count] = used;
  }

  /** Merge sort of {@code order} between the bounds. */
  private void sort(int from, int to) {
    if (to - from < 2) {
      return;
    }
    int middle = (from + to) >>> 1;
    sort(from, middle);
    sort(middle, to);
    if (compare(order[middle - 1], order[middle]) <= 0) {
      return;
    }
    System.arraycopy(order, from, spare, from, middle - from);
    int left = from;
    int right = middle;
    int at = from;
    while (left < middle && right < to) {
      order[at++] = compare(spare[left], order[right]) <= 0 ? spare[left++] : order[right++];
    }
    System.arraycopy(spare, left, order, at, middle - left);
  }

  private int compare(int one, int other) {
    return Arrays.compareUnsigned(
        names, starts[one], starts[one + 1], names, starts[other], starts[other + 1]);
  }

  /** How many names there are. */
  public int count() {
    return count;
  }

  /** The name at that place; a copy. */
  public byte[] name(int at) {
    return Arrays.copyOfRange(names, starts[order[at]], starts[order[at] + 1]);
  }

  /** Compares the name at that place with those bytes, as names are ordered. */
  public int compareName(int at, byte[] other, int offset, int length) {
    int which = order[at];
    return Arrays.compareUnsigned(
        names, starts[which], starts[which + 1], other, offset, offset + length);
  }

  /**
   * Looks at the entry at that place, not following a symbolic link; false when it is gone. What
   * the accessors below answer is its status until the thread's next system call.
   */
  public boolean look(Directory directory, int at) throws SystemCallException {
    int which = order[at];
    int length = starts[which + 1] - starts[which];
    long answer = directory.statx(names, starts[which], length);
    if (answer == -SystemCallException.NO_ENTRY) {
      return false;
    }
    if (answer < 0) {
      checked(answer, "look at", name(at));
    }
    status = Kernel.scratch().answer;
    return true;
  }

  public FileStatus.Type type() {
    return FileStatus.Type.of(typeAndMode());
  }

  private int typeAndMode() {
    return Short.toUnsignedInt(status.get(ValueLayout.JAVA_SHORT, TYPE_AND_MODE));
  }

  public int mode() {
    return typeAndMode() & 07777;
  }

  public int uid() {
    return status.get(ValueLayout.JAVA_INT, 20);
  }

  public int gid() {
    return status.get(ValueLayout.JAVA_INT, 24);
  }

  public long links() {
    return Integer.toUnsignedLong(status.get(ValueLayout.JAVA_INT, 16));
  }

  public long inode() {
    return status.get(ValueLayout.JAVA_LONG, 32);
  }

  public long sizeBytes() {
    return status.get(ValueLayout.JAVA_LONG, 40);
  }

  public long mtimeSeconds() {
    return status.get(ValueLayout.JAVA_LONG, 112);
  }

  public int mtimeNanos() {
    return status.get(ValueLayout.JAVA_INT, 120);
  }

  public long ctimeSeconds() {
    return status.get(ValueLayout.JAVA_LONG, 96);
  }

  public int ctimeNanos() {
    return status.get(ValueLayout.JAVA_INT, 104);
  }

  public long device() {
    return FileStatus.pair(status, 136);
  }
}
