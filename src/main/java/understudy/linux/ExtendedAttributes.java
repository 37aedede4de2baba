package understudy.linux;

import static understudy.linux.Kernel.call;
import static understudy.linux.Kernel.checked;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Extended attributes (among them ACLs and capabilities) of an entry of a held directory, of a
 * symbolic link itself and not of what it points to. The kernel reaches the entry through the
 * descriptor's own link in {@code /proc}.
 */
public final class ExtendedAttributes {
  /** The kernel's own limit for one value and for one list of names (XATTR_SIZE_MAX). */
  public static final int LARGEST_BYTES = 64 << 10;

  private static final ThreadLocal<MemorySegment> BUFFER =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(LARGEST_BYTES, 8));

  private ExtendedAttributes() {}

  private static byte[] path(Directory directory, byte[] name) {
    byte[] start = Kernel.bytes("/proc/self/fd/" + directory.descriptor() + "/");
    byte[] whole = Arrays.copyOf(start, start.length + Math.max(name.length, 1));
    if (name.length == 0) {
      whole[start.length] = '.';
    } else {
      System.arraycopy(name, 0, whole, start.length, name.length);
    }
    return whole;
  }

  /** The names, none when the file system has no such attributes. */
  public static List<byte[]> names(Directory directory, byte[] name) throws SystemCallException {
    MemorySegment buffer = BUFFER.get();
    long length =
        call(
            FileCall.LLISTXATTR,
            Kernel.scratch().first(path(directory, name)),
            buffer.address(),
            LARGEST_BYTES);
    if (length == -SystemCallException.NOT_SUPPORTED) {
      return List.of();
    }
    byte[] list = new byte[(int) checked(length, "list attributes of", name)];
    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, list, 0, list.length);
    List<byte[]> names = new ArrayList<>();
    int start = 0;
    for (int at = 0; at < list.length; at++) {
      if (list[at] == 0) {
        names.add(Arrays.copyOfRange(list, start, at));
        start = at + 1;
      }
    }
    return names;
  }

  public static byte[] value(Directory directory, byte[] name, byte[] attribute)
      throws SystemCallException {
    MemorySegment buffer = BUFFER.get();
    Kernel.Scratch scratch = Kernel.scratch();
    long length =
        call(
            FileCall.LGETXATTR,
            scratch.first(path(directory, name)),
            scratch.second(attribute),
            buffer.address(),
            LARGEST_BYTES,
            0,
            0);
    byte[] value = new byte[(int) checked(length, "read an attribute of", name)];
    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, value, 0, value.length);
    return value;
  }

  public static void set(Directory directory, byte[] name, byte[] attribute, byte[] value)
      throws SystemCallException {
    MemorySegment buffer = BUFFER.get();
    MemorySegment.copy(value, 0, buffer, ValueLayout.JAVA_BYTE, 0, value.length);
    directory.deeds().before("set attribute", directory.descriptor());
    Kernel.Scratch scratch = Kernel.scratch();
    checked(
        call(
            FileCall.LSETXATTR,
            scratch.first(path(directory, name)),
            scratch.second(attribute),
            buffer.address(),
            value.length,
            0,
            0),
        "set an attribute of",
        name);
  }

  public static void remove(Directory directory, byte[] name, byte[] attribute)
      throws SystemCallException {
    directory.deeds().before("remove attribute", directory.descriptor());
    Kernel.Scratch scratch = Kernel.scratch();
    checked(
        call(
            FileCall.LREMOVEXATTR,
            scratch.first(path(directory, name)),
            scratch.second(attribute),
            0),
        "remove an attribute of",
        name);
  }
}
