package understudy.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** A wait for one descriptor that another thread can end. */
final class Waiting implements AutoCloseable {
  private static final int EFD_CLOEXEC = 02000000;
  private static final int EFD_NONBLOCK = 04000;
  private static final short POLLIN = 1;

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment polled = arena.allocate(16, 8);
  private final MemorySegment time = arena.allocate(16, 8);
  private final MemorySegment one = arena.allocate(8, 8);
  private final MemorySegment count = arena.allocate(8, 8);
  private final int awaited;
  private final int alarm;

  Waiting(int awaited) throws SystemCallException {
    this.awaited = awaited;
    long made = Kernel.call(FileCall.EVENTFD2, 0, EFD_CLOEXEC | EFD_NONBLOCK, 0);
    this.alarm = (int) Kernel.checked(made, "create", Kernel.bytes("eventfd"));
    one.set(ValueLayout.JAVA_LONG, 0, 1);
  }

  void await(int millis) throws SystemCallException {
    polled.set(ValueLayout.JAVA_INT, 0, awaited);
    polled.set(ValueLayout.JAVA_SHORT, 4, POLLIN);
    polled.set(ValueLayout.JAVA_INT, 8, alarm);
    polled.set(ValueLayout.JAVA_SHORT, 12, POLLIN);
    time.set(ValueLayout.JAVA_LONG, 0, millis / 1000);
    time.set(ValueLayout.JAVA_LONG, 8, millis % 1000 * 1_000_000L);
    Kernel.checked(
        Kernel.call(FileCall.PPOLL, polled.address(), 2, time.address()),
        "wait for",
        Kernel.bytes("events"));
    // takes the alarm back; without one there is nothing to read, which is just as well
    var _ = Kernel.call(FileCall.READ, alarm, count.address(), 8);
  }

  void wake() {
    // fails only when alarms beyond counting are pending: then the wait ends anyway
    var _ = Kernel.call(FileCall.WRITE, alarm, one.address(), 8);
  }

  @Override
  public void close() {
    var _ = Kernel.call(FileCall.CLOSE, alarm, 0, 0);
  }
}
