package understudy.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import understudy.failover.Durable;

/**
 * One small text file with a checksum, replaced as a whole: written beside, forced to disk,
 * renamed, and the directory forced too. One thread at a time.
 */
public final class FileNodeStore implements NodeStore {
  private static final String CHECKSUM = "checksum ";
  private static final int LARGEST_BYTES = 64 * 1024;

  private final Path file;

  public FileNodeStore(Path stateDirectory) {
    this.file = stateDirectory.resolve("failover.state");
  }

  @Override
  public Remembered load() throws IOException {
    if (!Files.exists(file)) {
      return new Remembered.Nothing();
    }
    if (Files.size(file) > LARGEST_BYTES) {
      return new Remembered.Damaged(file + " is larger than anything this program writes");
    }
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    int end = text.lastIndexOf(CHECKSUM);
    if (end < 0
        || !text.substring(end).equals(CHECKSUM + checksum(text.substring(0, end)) + "\n")) {
      return new Remembered.Damaged(file + " does not match its checksum");
    }
    try {
      return new Remembered.Everything(DurableText.read(text.substring(0, end)));
    } catch (IllegalArgumentException unreadable) {
      return new Remembered.Damaged(file + ": " + unreadable.getMessage());
    }
  }

  @Override
  public void save(Durable durable) throws IOException {
    String body = DurableText.write(durable);
    String text = body + CHECKSUM + checksum(body) + "\n";
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    try (var channel =
        FileChannel.open(
            beside,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    try (var directory =
        FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  /** Keeps a damaged file for people to look at and makes room for a new one. */
  public Path setAside(long suffix) throws IOException {
    Path aside = file.resolveSibling(file.getFileName() + ".damaged-" + suffix);
    return Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String checksum(String body) {
    var crc = new CRC32C();
    crc.update(body.getBytes(StandardCharsets.UTF_8));
    return Long.toHexString(crc.getValue());
  }
}
