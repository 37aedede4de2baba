package understudy.linux;

/**
 * News from the kernel that something below a directory has changed. Events are queued before the
 * change's own system call returns, so that {@link #read} tells of everything that was done before
 * it was called, except writes through a memory mapping, of which the kernel tells nobody. Not for
 * use by two threads at once, except {@link #await} and {@link #wake}.
 */
public sealed interface TreeEvents extends AutoCloseable permits FanotifyEvents, InotifyEvents {
  /** Who is told. */
  interface Sink {
    /**
     * In the directory with that path below the root, or to it, something was done.
     *
     * @param name the entry it was done to; empty: any, or the directory itself
     */
    void changed(byte[] directory, byte[] name);

    /** Anything may have changed, and why that is not known better. */
    void lost(String reason);
  }

  /** Tells of everything that was done so far; does not wait. */
  void read(Sink sink) throws SystemCallException;

  /** Waits for news, for {@link #wake} or for the time to be over. */
  void await(int millis) throws SystemCallException;

  /** Ends a wait of another thread. */
  void wake();

  /** Stops listening; no thread may wait any more. */
  @Override
  void close();
}
