package understudy.resource.command;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The file that a service writes its output to, kept below {@value #MOST_BYTES} bytes: then its
 * content moves to {@code .1}. The service keeps the file open for appending, so it is copied and
 * emptied, not renamed; what is written in between is lost.
 */
record OutputLog(Path path) {
  private static final long MOST_BYTES = 10_000_000;
  private static final int TAIL_BYTES = 2000;

  long size() throws IOException {
    return Files.exists(path) ? Files.size(path) : 0;
  }

  void keepBounded() throws IOException {
    if (size() > MOST_BYTES) {
      Files.copy(
          path,
          path.resolveSibling(path.getFileName() + ".1"),
          StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
        file.truncate(0);
      }
    }
  }

  /** The last lines written since the file was {@code from} bytes long. */
  String tail(long from) throws IOException {
    if (!Files.exists(path)) {
      return "";
    }
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      long start = Math.max(Math.min(from, file.length()), file.length() - TAIL_BYTES);
      byte[] bytes = new byte[(int) (file.length() - start)];
      file.seek(start);
      file.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8).strip();
    }
  }
}
