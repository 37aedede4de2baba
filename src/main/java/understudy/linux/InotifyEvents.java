package understudy.linux;

import static understudy.linux.Kernel.call;
import static understudy.linux.Kernel.checked;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Events by {@code inotify(7)}: a watch on every directory, for kernels, rights and file systems
 * without {@link FanotifyEvents}. A directory that comes is watched, with all below it, before it
 * is told of; one that is moved makes all places doubtful.
 */
public final class InotifyEvents implements TreeEvents {
  private static final int NON_BLOCKING = 04000;
  private static final int CLOSE_ON_EXEC = 02000000;
  private static final int MODIFY = 0x2;
  private static final int ATTRIBUTE = 0x4;
  private static final int MOVED_FROM = 0x40;
  private static final int MOVED_TO = 0x80;
  private static final int CREATE = 0x100;
  private static final int DELETE = 0x200;
  private static final int OVERFLOW = 0x4000;
  private static final int IGNORED = 0x8000;
  private static final int ONLY_DIRECTORIES = 0x0100_0000;
  private static final int ON_DIRECTORY = 0x4000_0000;
  private static final int WANTED =
      MODIFY | ATTRIBUTE | MOVED_FROM | MOVED_TO | CREATE | DELETE | ONLY_DIRECTORIES;

  private static final byte[] ANY = {};

  private final MemorySegment buffer = Arena.ofAuto().allocate(64 << 10, 8);
  private final Directory root;
  private final byte[] unwatched;
  private final int group;
  private final Waiting waiting;
  private final Map<Integer, byte[]> places = new HashMap<>();

  private InotifyEvents(Directory root, byte[] unwatched, int group) throws SystemCallException {
    this.root = root;
    this.unwatched = unwatched;
    this.group = group;
    this.waiting = new Waiting(group);
  }

  /**
   * Watches all directories below that one, which is closed with this; the one at the root with the
   * name {@code unwatched} is left out. Fails with {@link SystemCallException#NO_SPACE} when there
   * are more than {@code fs.inotify.max_user_watches} allows.
   */
  public static InotifyEvents of(Directory root, byte[] unwatched) throws SystemCallException {
    long made = call(FileCall.INOTIFY_INIT1, NON_BLOCKING | CLOSE_ON_EXEC, 0, 0);
    int group = (int) checked(made, "watch by", Kernel.bytes("inotify"));
    try {
      InotifyEvents events = new InotifyEvents(root, unwatched, group);
      events.watch(root, new byte[0]);
      return events;
    } catch (SystemCallException refused) {
      var _ = call(FileCall.CLOSE, group, 0, 0);
      throw refused;
    }
  }

  private void watch(Directory directory, byte[] path) throws SystemCallException {
    byte[] link = Kernel.bytes("/proc/self/fd/" + directory.descriptor() + "/.");
    long watch = call(FileCall.INOTIFY_ADD_WATCH, group, Kernel.scratch().first(link), WANTED);
    places.put((int) checked(watch, "watch", path), path);
    long device = directory.status().device();
    for (byte[] name : directory.names()) {
      boolean isLeftOut = path.length == 0 && Arrays.equals(name, unwatched);
      var status = directory.find(name);
      if (!isLeftOut
          && status.isPresent()
          && status.get().type() == FileStatus.Type.DIRECTORY
          && status.get().device() == device) {
        below(directory, name, joined(path, name));
      }
    }
  }

  private void below(Directory parent, byte[] name, byte[] path) throws SystemCallException {
    try (Directory directory = parent.directory(name)) {
      watch(directory, path);
    } catch (SystemCallException refused) {
      if (refused.error() == SystemCallException.NO_SPACE) {
        throw refused;
      }
      // gone, or no directory any more, or unreadable: a scan sees and says the same
    }
  }

  private static byte[] joined(byte[] path, byte[] name) {
    if (path.length == 0) {
      return name;
    }
    byte[] joined = Arrays.copyOf(path, path.length + 1 + name.length);
    joined[path.length] = '/';
    System.arraycopy(name, 0, joined, path.length + 1, name.length);
    return joined;
  }

  @Override
  public void read(Sink sink) throws SystemCallException {
    while (true) {
      long filled = call(FileCall.READ, group, buffer.address(), buffer.byteSize());
      if (filled == -SystemCallException.TRY_AGAIN) {
        return;
      }
      checked(filled, "read", Kernel.bytes("inotify events"));
      byte[] events = new byte[(int) filled];
      MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, events, 0, events.length);
      MemorySegment copy = MemorySegment.ofArray(events);
      for (int at = 0; at < events.length; ) {
        int length = copy.get(ValueLayout.JAVA_INT_UNALIGNED, at + 12);
        event(
            copy.get(ValueLayout.JAVA_INT_UNALIGNED, at),
            copy.get(ValueLayout.JAVA_INT_UNALIGNED, at + 4),
            name(events, at + 16, length),
            sink);
        at += 16 + length;
      }
    }
  }

  private static byte[] name(byte[] events, int start, int length) {
    int end = start;
    while (end < start + length && events[end] != 0) {
      end++;
    }
    return Arrays.copyOfRange(events, start, end);
  }

  private void event(int watch, int mask, byte[] name, Sink sink) throws SystemCallException {
    if ((mask & OVERFLOW) != 0) {
      sink.lost("more changed at once than the kernel's queue holds");
      return;
    }
    byte[] place = places.get(watch);
    if ((mask & IGNORED) != 0) {
      places.remove(watch);
    } else if (place != null) {
      // What was done in a new directory before it was watched is not told: look at all of it.
      sink.changed(place, ANY);
      if ((mask & ON_DIRECTORY) != 0 && name.length > 0) {
        directory(place, name, mask, sink);
      }
    }
  }

  private void directory(byte[] place, byte[] name, int mask, Sink sink)
      throws SystemCallException {
    if (place.length == 0 && Arrays.equals(name, unwatched)) {
      return;
    }
    if ((mask & MOVED_FROM) != 0 || (mask & MOVED_TO) != 0) {
      sink.lost("a directory was moved");
    } else if ((mask & CREATE) != 0) {
      if (place.length == 0) {
        below(root, name, name);
        return;
      }
      try (Directory parent = root.directory(place)) {
        below(parent, name, joined(place, name));
      } catch (SystemCallException refused) {
        if (refused.error() == SystemCallException.NO_SPACE) {
          throw refused;
        }
        // gone again: its parent's own events tell
      }
    }
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
