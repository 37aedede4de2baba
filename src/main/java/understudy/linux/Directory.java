package understudy.linux;

import static understudy.linux.Kernel.call;
import static understudy.linux.Kernel.checked;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A held directory. Everything below it is reached through its descriptor and never leaves it:
 * paths with several names are resolved by the kernel beneath it, without following symbolic links
 * and without crossing into another mount. Names are bytes. May be used by several threads; calls
 * may block on the disk.
 */
public final class Directory implements AutoCloseable {
  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_REMOVEDIR = 0x200;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int O_WRONLY = 1;
  private static final int O_RDWR = 2;
  private static final int O_CREAT = 0100;
  private static final int O_EXCL = 0200;
  private static final int O_NOCTTY = 0400;
  private static final int O_NONBLOCK = 04000;
  private static final boolean ARM = System.getProperty("os.arch", "").equals("aarch64");
  private static final int O_DIRECTORY = ARM ? 040000 : 0200000;
  private static final int O_NOFOLLOW = ARM ? 0100000 : 0400000;
  private static final int O_CLOEXEC = 02000000;
  private static final int O_PATH = 010000000;
  private static final long RESOLVE = 0x01 | 0x02 | 0x04 | 0x08; // xdev, magiclinks, links, beneath
  private static final int STATX_BASIC_STATS = 0x7ff;
  private static final int RENAME_NOREPLACE = 1;

  private final int descriptor;
  private final Deeds deeds;
  private boolean closed;

  private Directory(int descriptor, Deeds deeds) {
    this.descriptor = descriptor;
    this.deeds = deeds;
  }

  /** Opens by an absolute path that the operator gave; symbolic links in it are followed. */
  public static Directory open(Path path) throws SystemCallException {
    return open(path, Deeds.UNWATCHED);
  }

  /** As {@link #open(Path)}; {@code deeds} hears of every change that is made through it. */
  public static Directory open(Path path, Deeds deeds) throws SystemCallException {
    byte[] name = Kernel.bytes(path.toString());
    long opened =
        call(
            FileCall.OPENAT,
            AT_FDCWD,
            Kernel.scratch().first(name),
            O_DIRECTORY | O_CLOEXEC,
            0,
            0,
            0);
    return new Directory((int) checked(opened, "open directory", name), deeds);
  }

  /** Opens a directory below this one. */
  public Directory directory(byte[] path) throws SystemCallException {
    return new Directory(openBelow(path, O_DIRECTORY | O_NOFOLLOW, 0, "open directory"), deeds);
  }

  /** Opens a regular file below this one for reading; never waits for a FIFO's other end. */
  public OpenFile read(byte[] path) throws SystemCallException {
    return new OpenFile(
        openBelow(path, O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0, "open"), path, deeds);
  }

  /** Creates a file that does not exist yet, for reading and writing. */
  public OpenFile create(byte[] path, int mode) throws SystemCallException {
    deeds.before("create", descriptor);
    return new OpenFile(
        openBelow(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode, "create"), path, deeds);
  }

  /** Opens an existing file for writing over it. */
  public OpenFile overwrite(byte[] path) throws SystemCallException {
    return new OpenFile(openBelow(path, O_WRONLY | O_NOFOLLOW, 0, "open for writing"), path, deeds);
  }

  /** Opens an existing file for reading, and for writing in the midst of it. */
  public OpenFile change(byte[] path) throws SystemCallException {
    int flags = O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;
    return new OpenFile(openBelow(path, flags, 0, "open for changing"), path, deeds);
  }

  private int openBelow(byte[] path, int flags, int mode, String verb) throws SystemCallException {
    if (path.length >= Kernel.Scratch.PATH_BYTES) {
      int slash = lastSlashWithin(path, Kernel.Scratch.PATH_BYTES - 1);
      try (Directory nearer = directory(Arrays.copyOf(path, slash))) {
        return nearer.openBelow(
            Arrays.copyOfRange(path, slash + 1, path.length), flags, mode, verb);
      }
    }
    Kernel.Scratch scratch = Kernel.scratch();
    MemorySegment how = scratch.answer;
    how.set(ValueLayout.JAVA_LONG, 0, flags | O_CLOEXEC);
    how.set(ValueLayout.JAVA_LONG, 8, mode);
    how.set(ValueLayout.JAVA_LONG, 16, RESOLVE);
    long opened = call(FileCall.OPENAT2, descriptor, scratch.first(path), how.address(), 24, 0, 0);
    return (int) checked(opened, verb, path);
  }

  private static int lastSlashWithin(byte[] path, int limit) throws SystemCallException {
    for (int at = limit; at > 0; at--) {
      if (path[at] == '/') {
        return at;
      }
    }
    throw new SystemCallException("resolve a path", SystemCallException.NAME_TOO_LONG);
  }

  /** All names but {@code .} and {@code ..}, in the order the file system keeps them. */
  public List<byte[]> names() throws SystemCallException {
    return names(Integer.MAX_VALUE);
  }

  /** As {@link #names()}; goes on no longer once there are more than {@code most}. */
  public List<byte[]> names(int most) throws SystemCallException {
    checked(call(FileCall.LSEEK, descriptor, 0, 0), "rewind", Kernel.bytes("directory"));
    MemorySegment listing = Kernel.scratch().listing;
    List<byte[]> names = new ArrayList<>();
    while (true) {
      long filled = call(FileCall.GETDENTS64, descriptor, listing.address(), listing.byteSize());
      if (checked(filled, "list", Kernel.bytes("directory")) == 0 || names.size() > most) {
        return names;
      }
      for (long at = 0; at < filled; ) {
        int length = Short.toUnsignedInt(listing.get(ValueLayout.JAVA_SHORT, at + 16));
        byte[] name = terminated(listing, at + 19);
        if (!isDots(name)) {
          names.add(name);
        }
        at += length;
      }
    }
  }

  private static byte[] terminated(MemorySegment text, long start) {
    int length = 0;
    while (text.get(ValueLayout.JAVA_BYTE, start + length) != 0) {
      length++;
    }
    byte[] bytes = new byte[length];
    MemorySegment.copy(text, ValueLayout.JAVA_BYTE, start, bytes, 0, length);
    return bytes;
  }

  private static boolean isDots(byte[] name) {
    return name[0] == '.' && (name.length == 1 || (name.length == 2 && name[1] == '.'));
  }

  /** The status of this directory itself. */
  public FileStatus status() throws SystemCallException {
    return status(descriptor, new byte[0], Kernel.bytes("directory"));
  }

  /** The status of an entry, a symbolic link itself and not what it points to. */
  public FileStatus status(byte[] name) throws SystemCallException {
    return status(descriptor, name, name);
  }

  /** As {@link #status(byte[])}; empty when nothing has that name. */
  public Optional<FileStatus> find(byte[] name) throws SystemCallException {
    long answer = statx(descriptor, name);
    if (answer == -SystemCallException.NO_ENTRY) {
      return Optional.empty();
    }
    checked(answer, "look at", name);
    return Optional.of(FileStatus.of(Kernel.scratch().answer));
  }

  static FileStatus status(int descriptor, byte[] name, byte[] shown) throws SystemCallException {
    checked(statx(descriptor, name), "look at", shown);
    return FileStatus.of(Kernel.scratch().answer);
  }

  /** Looks at a name that is part of a larger array; minus the error number, or 0. */
  long statx(byte[] names, int start, int length) {
    Kernel.Scratch scratch = Kernel.scratch();
    return call(
        FileCall.STATX,
        descriptor,
        scratch.first(names, start, length),
        AT_SYMLINK_NOFOLLOW,
        STATX_BASIC_STATS,
        scratch.answer.address(),
        0);
  }

  private static long statx(int descriptor, byte[] name) {
    Kernel.Scratch scratch = Kernel.scratch();
    return call(
        FileCall.STATX,
        descriptor,
        scratch.first(name),
        AT_SYMLINK_NOFOLLOW | (name.length == 0 ? AT_EMPTY_PATH : 0),
        STATX_BASIC_STATS,
        scratch.answer.address(),
        0);
  }

  /** Where a symbolic link points, as it is written. */
  public byte[] readLink(byte[] name) throws SystemCallException {
    Kernel.Scratch scratch = Kernel.scratch();
    MemorySegment target = scratch.listing;
    long length =
        call(
            FileCall.READLINKAT,
            descriptor,
            scratch.first(name),
            target.address(),
            Kernel.Scratch.PATH_BYTES,
            0,
            0);
    byte[] bytes = new byte[(int) checked(length, "read link", name)];
    MemorySegment.copy(target, ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
    return bytes;
  }

  public void createDirectory(byte[] name, int mode) throws SystemCallException {
    deeds.before("create directory", descriptor);
    checked(
        call(FileCall.MKDIRAT, descriptor, Kernel.scratch().first(name), mode),
        "create directory",
        name);
  }

  public void createSymlink(byte[] name, byte[] target) throws SystemCallException {
    deeds.before("create symbolic link", descriptor);
    Kernel.Scratch scratch = Kernel.scratch();
    checked(
        call(FileCall.SYMLINKAT, scratch.first(target), descriptor, scratch.second(name)),
        "create symbolic link",
        name);
  }

  /** Creates a FIFO, a socket or a device node; {@code special} as in {@link FileStatus}. */
  public void createNode(byte[] name, FileStatus.Type type, int mode, long special)
      throws SystemCallException {
    deeds.before("create node", descriptor);
    long major = special >>> 32;
    long minor = special & 0xffffffffL;
    long device = (minor & 0xff) | (major & 0xfff) << 8 | (minor & ~0xffL) << 12;
    checked(
        call(
            FileCall.MKNODAT,
            descriptor,
            Kernel.scratch().first(name),
            type.modeBits() | mode,
            device,
            0,
            0),
        "create node",
        name);
  }

  /** Gives the file {@code name} a second name in another directory of the same file system. */
  public void link(byte[] name, Directory other, byte[] second) throws SystemCallException {
    deeds.before("link", descriptor);
    Kernel.Scratch scratch = Kernel.scratch();
    checked(
        call(
            FileCall.LINKAT,
            descriptor,
            scratch.first(name),
            other.descriptor,
            scratch.second(second),
            0,
            0),
        "link",
        second);
  }

  /** Moves an entry; refuses when the new name is taken. */
  public void rename(byte[] name, Directory other, byte[] newName) throws SystemCallException {
    deeds.before("move", descriptor);
    Kernel.Scratch scratch = Kernel.scratch();
    checked(
        call(
            FileCall.RENAMEAT2,
            descriptor,
            scratch.first(name),
            other.descriptor,
            scratch.second(newName),
            RENAME_NOREPLACE,
            0),
        "move",
        name);
  }

  /** Removes a name that is not a directory. */
  public void unlink(byte[] name) throws SystemCallException {
    deeds.before("remove", descriptor);
    checked(call(FileCall.UNLINKAT, descriptor, Kernel.scratch().first(name), 0), "remove", name);
  }

  /** Removes an empty directory. */
  public void removeDirectory(byte[] name) throws SystemCallException {
    deeds.before("remove directory", descriptor);
    checked(
        call(FileCall.UNLINKAT, descriptor, Kernel.scratch().first(name), AT_REMOVEDIR),
        "remove directory",
        name);
  }

  /** Sets permission, set-id and sticky bits; never of what a symbolic link points to. */
  public void setMode(byte[] name, int mode) throws SystemCallException {
    deeds.before("set mode", descriptor);
    int pinned = openBelow(name.length == 0 ? DOT : name, O_PATH | O_NOFOLLOW, 0, "pin");
    try {
      byte[] pin = Kernel.bytes("/proc/self/fd/" + pinned);
      checked(
          call(FileCall.FCHMODAT, AT_FDCWD, Kernel.scratch().first(pin), mode), "set mode", name);
    } finally {
      var _ = call(FileCall.CLOSE, pinned, 0, 0);
    }
  }

  private static final byte[] DOT = {'.'};

  /** Sets owner and group by number; an empty name means this directory. */
  public void setOwner(byte[] name, int uid, int gid) throws SystemCallException {
    deeds.before("set owner", descriptor);
    checked(
        call(
            FileCall.FCHOWNAT,
            descriptor,
            Kernel.scratch().first(name),
            Integer.toUnsignedLong(uid),
            Integer.toUnsignedLong(gid),
            AT_SYMLINK_NOFOLLOW | AT_EMPTY_PATH,
            0),
        "set owner of",
        name);
  }

  /** Sets the modification time and leaves the access time; an empty name means this directory. */
  public void setModified(byte[] name, long seconds, int nanos) throws SystemCallException {
    deeds.before("set time", descriptor);
    Kernel.Scratch scratch = Kernel.scratch();
    MemorySegment times = scratch.answer;
    times.set(ValueLayout.JAVA_LONG, 0, 0);
    times.set(ValueLayout.JAVA_LONG, 8, 0x3ffffffe); // UTIME_OMIT
    times.set(ValueLayout.JAVA_LONG, 16, seconds);
    times.set(ValueLayout.JAVA_LONG, 24, nanos);
    checked(
        call(
            FileCall.UTIMENSAT,
            descriptor,
            scratch.first(name.length == 0 ? DOT : name),
            times.address(),
            AT_SYMLINK_NOFOLLOW,
            0,
            0),
        "set time of",
        name);
  }

  /** Waits until everything written to this file system is on the disk. */
  public void syncFileSystem() throws SystemCallException {
    deeds.before("sync file system", descriptor);
    checked(call(FileCall.SYNCFS, descriptor, 0, 0), "sync", Kernel.bytes("file system"));
  }

  /** Waits until this directory's own entries are on the disk. */
  public void sync() throws SystemCallException {
    deeds.before("sync directory", descriptor);
    checked(call(FileCall.FSYNC, descriptor, 0, 0), "sync", Kernel.bytes("directory"));
  }

  /** What is left on this file system. */
  public FreeSpace freeSpace() throws SystemCallException {
    MemorySegment answer = Kernel.scratch().answer;
    checked(
        call(FileCall.FSTATFS, descriptor, answer.address(), 0), "ask", Kernel.bytes("free space"));
    long block = answer.get(ValueLayout.JAVA_LONG, 8);
    return new FreeSpace(
        answer.get(ValueLayout.JAVA_LONG, 16) * block,
        answer.get(ValueLayout.JAVA_LONG, 32) * block,
        answer.get(ValueLayout.JAVA_LONG, 40),
        answer.get(ValueLayout.JAVA_LONG, 48));
  }

  /**
   * Room on a file system.
   *
   * @param totalBytes all that it holds
   * @param bytes what this user may still write
   * @param files how many inodes the file system has in all; 0 when it does not count them
   * @param freeFiles how many of them are free
   */
  public record FreeSpace(long totalBytes, long bytes, long files, long freeFiles) {}

  int descriptor() {
    return descriptor;
  }

  Deeds deeds() {
    return deeds;
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      // a directory descriptor has nothing unwritten: the answer carries no news
      var _ = call(FileCall.CLOSE, descriptor, 0, 0);
    }
  }
}
