package understudy.linux;

/**
 * Told before every call that changes something below a {@link Directory}, or waits until a change
 * is on the disk. The daemon's does nothing; a test's ends the life of the program there by
 * throwing. May be called by several threads at once.
 */
@FunctionalInterface
public interface Deeds {
  Deeds UNWATCHED = (call, descriptor) -> {};

  /** About to do it. {@code descriptor}: of the file or directory that the call goes through. */
  void before(String call, int descriptor);
}
