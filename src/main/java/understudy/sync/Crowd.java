package understudy.sync;

/**
 * How many entries one directory may have. A directory is one block of the tree and is worked on as
 * a whole, so that the largest one decides what memory a sync takes.
 */
final class Crowd {
  /** More are not taken: their tree would not fit into a frame. */
  static final int MOST_ENTRIES = 250_000;

  /** What an entry takes of the heap, at most, while its directory is looked at or exchanged. */
  private static final int HEAP_BYTES_PER_ENTRY = 800;

  /** What everything else of a daemon has of it. */
  private static final long RESERVED_BYTES = 16 << 20;

  private Crowd() {}

  /** As many as this process has the heap for. */
  static int mostEntries() {
    return mostEntries(Runtime.getRuntime().maxMemory());
  }

  static int mostEntries(long heapBytes) {
    long roomBytes = Math.max(0, heapBytes - RESERVED_BYTES);
    return (int) Math.min(MOST_ENTRIES, roomBytes / HEAP_BYTES_PER_ENTRY);
  }

  /** Why a directory of more entries is not taken. */
  static String beyond(int most) {
    return most == MOST_ENTRIES
        ? "more than " + most + " entries"
        : "more than "
            + most
            + " entries, for which a heap of "
            + (Runtime.getRuntime().maxMemory() >> 20)
            + " MiB has room";
  }
}
