package understudy.sync;

import java.io.IOException;
import java.io.InterruptedIOException;

/** Counts a scan's work as it goes on, and stops it when its thread is interrupted. */
class Scanning {
  private long entries;
  private long bytes;

  final void sawEntry() throws IOException {
    entries++;
    if ((entries & 0xff) == 0) {
      check();
    }
  }

  final void sawEntries(long count) throws IOException {
    entries += count;
    check();
  }

  final void readBytes(long count) throws IOException {
    bytes += count;
    check();
  }

  private void check() throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("the scan was interrupted");
    }
    report(entries, bytes);
  }

  /** Called every few hundred entries and every chunk that is read. */
  void report(long seenEntries, long readSoFarBytes) throws IOException {}
}
