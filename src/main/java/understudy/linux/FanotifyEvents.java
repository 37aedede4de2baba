package understudy.linux;

import static understudy.linux.Kernel.call;
import static understudy.linux.Kernel.checked;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Events of a whole file system ({@code fanotify(7)} with {@code FAN_REPORT_DFID_NAME}, Linux 5.9):
 * one mark however many directories there are. Each event names its directory by a file handle,
 * which is resolved to a path once and then remembered until some directory is moved. Needs
 * CAP_SYS_ADMIN and CAP_DAC_READ_SEARCH, and a file system with handles.
 */
public final class FanotifyEvents implements TreeEvents {
  private static final int CLOSE_ON_EXEC = 0x1;
  private static final int NON_BLOCKING = 0x2;
  private static final int REPORT_DIRECTORY_AND_NAME = 0xc00;
  private static final int MARK_ADD = 0x1;
  private static final int MARK_FILE_SYSTEM = 0x100;
  private static final long MODIFY = 0x2;
  private static final long ATTRIBUTE = 0x4;
  private static final long MOVED = 0xc0;
  private static final long CREATE = 0x100;
  private static final long DELETE = 0x200;
  private static final long OVERFLOW = 0x4000;
  private static final long ON_DIRECTORY = 0x4000_0000;
  private static final long WANTED = MODIFY | ATTRIBUTE | MOVED | CREATE | DELETE | ON_DIRECTORY;
  private static final int METADATA_VERSION = 3;
  private static final int DIRECTORY_AND_NAME = 2;
  private static final int DIRECTORY_ALONE = 3;
  private static final int HANDLE_AT =
      12; // in an information record: after its header and the fsid
  private static final int O_PATH = 010000000;
  private static final int O_CLOEXEC = 02000000;
  private static final int MOST_REMEMBERED = 8192;
  private static final byte[] GONE = " (deleted)".getBytes(StandardCharsets.US_ASCII);

  private final MemorySegment buffer = Arena.ofAuto().allocate(64 << 10, 8);
  private final Directory root;
  private final int group;
  private final Waiting waiting;
  private final byte[] rootPath;
  private final Map<ByteBuffer, Optional<byte[]>> remembered =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ByteBuffer, Optional<byte[]>> eldest) {
          return size() > MOST_REMEMBERED;
        }
      };

  private FanotifyEvents(Directory root, int group) throws SystemCallException {
    this.root = root;
    this.group = group;
    this.waiting = new Waiting(group);
    this.rootPath = path(root.descriptor());
  }

  /** Listens to the file system of that directory, which is closed with this. */
  public static FanotifyEvents of(Directory root) throws SystemCallException {
    long made =
        call(
            FileCall.FANOTIFY_INIT,
            CLOSE_ON_EXEC | NON_BLOCKING | REPORT_DIRECTORY_AND_NAME,
            O_CLOEXEC,
            0);
    int group = (int) checked(made, "watch by", Kernel.bytes("fanotify"));
    try {
      checked(
          call(
              FileCall.FANOTIFY_MARK,
              group,
              MARK_ADD | MARK_FILE_SYSTEM,
              WANTED,
              root.descriptor(),
              Kernel.scratch().first(Kernel.bytes(".")),
              0),
          "watch by fanotify",
          Kernel.bytes("file system"));
      return new FanotifyEvents(root, group);
    } catch (SystemCallException refused) {
      var _ = call(FileCall.CLOSE, group, 0, 0);
      throw refused;
    }
  }

  @Override
  public void read(Sink sink) throws SystemCallException {
    while (true) {
      long filled = call(FileCall.READ, group, buffer.address(), buffer.byteSize());
      if (filled == -SystemCallException.TRY_AGAIN) {
        return;
      }
      checked(filled, "read", Kernel.bytes("fanotify events"));
      for (long at = 0; at < filled; ) {
        int length = buffer.get(ValueLayout.JAVA_INT_UNALIGNED, at);
        event(at, length, sink);
        at += length;
      }
    }
  }

  private void event(long start, int length, Sink sink) throws SystemCallException {
    long mask = buffer.get(ValueLayout.JAVA_LONG_UNALIGNED, start + 8);
    if (buffer.get(ValueLayout.JAVA_BYTE, start + 4) != METADATA_VERSION) {
      sink.lost("this kernel's fanotify events are of an unknown version");
      return;
    }
    if ((mask & OVERFLOW) != 0) {
      sink.lost("more changed at once than the kernel's queue holds");
      return;
    }
    if ((mask & MOVED) != 0 && (mask & ON_DIRECTORY) != 0) {
      remembered.clear();
    }
    int header = Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT_UNALIGNED, start + 6));
    for (long at = start + header; at < start + length; ) {
      int type = buffer.get(ValueLayout.JAVA_BYTE, at);
      int size = Short.toUnsignedInt(buffer.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 2));
      if (type == DIRECTORY_AND_NAME || type == DIRECTORY_ALONE) {
        directory(at + HANDLE_AT, at + size, sink);
      }
      at += size;
    }
  }

  private void directory(long handleAt, long end, Sink sink) throws SystemCallException {
    int bytes = 8 + buffer.get(ValueLayout.JAVA_INT_UNALIGNED, handleAt);
    byte[] handle = new byte[bytes];
    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, handleAt, handle, 0, bytes);
    ByteBuffer key = ByteBuffer.wrap(handle);
    Optional<byte[]> known = remembered.get(key);
    if (known == null) {
      known = resolve(key, buffer.address() + handleAt, sink);
    }
    if (known.isPresent()) {
      sink.changed(known.get(), name(handleAt + bytes, end));
    }
  }

  /** What stands behind the handle; empty when nothing does, or {@code .}: the directory itself. */
  private byte[] name(long start, long end) {
    long at = start;
    while (at < end && buffer.get(ValueLayout.JAVA_BYTE, at) != 0) {
      at++;
    }
    byte[] name = new byte[(int) (at - start)];
    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, start, name, 0, name.length);
    return name.length == 1 && name[0] == '.' ? new byte[0] : name;
  }

  /** The directory's path below the root; empty when it lies elsewhere or is gone. */
  private Optional<byte[]> resolve(ByteBuffer key, long handle, Sink sink)
      throws SystemCallException {
    long opened = call(FileCall.OPEN_BY_HANDLE_AT, root.descriptor(), handle, O_PATH | O_CLOEXEC);
    if (opened == -SystemCallException.STALE || opened == -SystemCallException.NO_ENTRY) {
      remembered.put(key, Optional.empty());
      return Optional.empty(); // its parent tells of its going
    }
    if (opened < 0) {
      sink.lost("a changed directory cannot be told by its handle (errno " + -opened + ")");
      return Optional.empty();
    }
    try {
      Optional<byte[]> path = below(path((int) opened));
      remembered.put(key, path);
      return path;
    } finally {
      var _ = call(FileCall.CLOSE, opened, 0, 0);
    }
  }

  private Optional<byte[]> below(byte[] path) {
    int length = rootPath.length == 1 ? 0 : rootPath.length; // the root of all is "/"
    boolean isBelow = path.length >= length && Arrays.equals(path, 0, length, rootPath, 0, length);
    if (isBelow && path.length <= length + (length == 0 ? 1 : 0)) {
      return Optional.of(new byte[0]);
    }
    if (!isBelow || path[length] != '/' || endsGone(path)) {
      return Optional.empty();
    }
    return Optional.of(Arrays.copyOfRange(path, length + 1, path.length));
  }

  private static boolean endsGone(byte[] path) {
    int start = path.length - GONE.length;
    return start > 0 && Arrays.equals(path, start, path.length, GONE, 0, GONE.length);
  }

  private static byte[] path(int descriptor) throws SystemCallException {
    Kernel.Scratch scratch = Kernel.scratch();
    byte[] link = Kernel.bytes("/proc/self/fd/" + descriptor);
    MemorySegment target = scratch.listing;
    long length =
        checked(
            call(
                FileCall.READLINKAT,
                0,
                scratch.first(link),
                target.address(),
                Kernel.Scratch.PATH_BYTES,
                0,
                0),
            "read link",
            link);
    byte[] path = new byte[(int) length];
    MemorySegment.copy(target, ValueLayout.JAVA_BYTE, 0, path, 0, path.length);
    return path;
  }

  @Override
  public void await(int millis) throws SystemCallException {
    waiting.await(millis);
  }

  @Override
  public void wake() {
    waiting.wake();
  }

  @Override
  public void close() {
    var _ = call(FileCall.CLOSE, group, 0, 0);
    waiting.close();
    root.close();
  }
}
