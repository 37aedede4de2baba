package understudy.demo.lab;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The file of every write: one line {@code NUMBER NODE RUN} each, in order, ASCII. A last line
 * without its end is what a crash left and was never acknowledged; opening cuts it off.
 *
 * <p>Code that the service runs avoids the plus of strings, lambdas and streams: they lengthen the
 * start of its virtual machine.
 */
public final class Ledger implements AutoCloseable {
  /** The name of the ledger in the protected directory. */
  public static final String FILE = "numbered-writes";

  /** More than any line has. */
  private static final int TAIL_BYTES = 4096;

  /** What {@link #entriesIn} reads at most: some millions of writes. */
  private static final long READ_LIMIT_BYTES = 64L << 20;

  private final FileChannel channel;
  private final FileLock lock;
  private final byte[] suffix;
  private long number;
  private long length;

  private Ledger(FileChannel channel, FileLock lock, String node, String run) {
    this.channel = channel;
    this.lock = lock;
    this.suffix =
        " ".concat(node).concat(" ").concat(run).concat("\n").getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Opens the ledger of this directory, creating it when there is none, and repairs its end.
   *
   * @throws IOException when the directory is missing, another process holds the ledger, or the
   *     file is no ledger
   */
  static Ledger open(Path directory, String node, String run) throws IOException {
    Path file = directory.resolve(FILE);
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      FileLock lock = channel.tryLock();
      if (lock == null) {
        throw new IOException("another process writes ".concat(file.toString()));
      }
      Ledger ledger = new Ledger(channel, lock, node, run);
      ledger.repair(file);
      return ledger;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private void repair(Path file) throws IOException {
    long size = channel.size();
    int tailBytes = (int) Math.min(size, TAIL_BYTES);
    ByteBuffer tail = ByteBuffer.allocate(tailBytes);
    while (tail.hasRemaining() && channel.read(tail, size - tail.remaining()) > 0) {
      // the next read goes on where this one ended
    }
    byte[] bytes = tail.array();
    int end = lineEndBefore(bytes, tailBytes);
    if (end < 0 && size > tailBytes) {
      throw new IOException(file.toString().concat(" has a line that is too long for a ledger"));
    }
    length = size - tailBytes + end + 1;
    if (length < size) {
      channel.truncate(length);
      channel.force(true);
    }
    if (end >= 0) {
      number = numberOfLine(bytes, lineEndBefore(bytes, end) + 1, end, file);
    }
  }

  private static int lineEndBefore(byte[] bytes, int limit) {
    int at = limit - 1;
    while (at >= 0 && bytes[at] != '\n') {
      at--;
    }
    return at;
  }

  private static long numberOfLine(byte[] bytes, int start, int end, Path file) throws IOException {
    int at = start;
    long value = 0;
    while (at < end && bytes[at] >= '0' && bytes[at] <= '9') {
      value = value * 10 + (bytes[at] - '0');
      at++;
    }
    if (at == start || at == end || bytes[at] != ' ') {
      throw new IOException(file.toString().concat(" does not end in a numbered line"));
    }
    return value;
  }

  /** The number of the newest line; 0 when there is none. */
  synchronized long last() {
    return number;
  }

  /**
   * Writes the next number and returns it once the disk has it. After an exception the end of the
   * file is unknown: the caller ends the process, and the next start repairs.
   */
  synchronized long append() throws IOException {
    byte[] digits = Long.toString(number + 1).getBytes(StandardCharsets.US_ASCII);
    ByteBuffer line = ByteBuffer.allocate(digits.length + suffix.length);
    line.put(digits).put(suffix).flip();
    while (line.hasRemaining()) {
      length += channel.write(line, length);
    }
    channel.force(false);
    return ++number;
  }

  @Override
  public synchronized void close() throws IOException {
    lock.release();
    channel.close();
  }

  /**
   * Every complete write in the ledger of this directory; none when there is no ledger.
   *
   * @throws LabException when the file cannot be read, is too large or has a line that is no write
   */
  public static Set<WrittenNumber> entriesIn(Path directory) throws LabException {
    Path file = directory.resolve(FILE);
    Set<WrittenNumber> entries = new HashSet<>();
    if (!Files.exists(file)) {
      return entries;
    }
    for (String line : completeLines(file)) {
      entries.add(
          WrittenNumber.parse(line)
              .orElseThrow(() -> new LabException(file + " has no write in '" + line + "'")));
    }
    return entries;
  }

  private static List<String> completeLines(Path file) throws LabException {
    try {
      if (Files.size(file) > READ_LIMIT_BYTES) {
        throw new LabException(file + " is larger than " + READ_LIMIT_BYTES + " bytes");
      }
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      throw new LabException("could not read " + file, e);
    }
  }
}
