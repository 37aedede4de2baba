package understudy.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** A made-up tree, the same each time: small and larger files, text and noise, links. */
final class GeneratedTree {
  static final int DIRECTORIES = 100;
  private static final int FILES_EACH = 20;
  private static final int SIZE_LIMIT_BYTES = 64 << 10;
  private static final long SEED = 20261121;

  private GeneratedTree() {}

  /** Writes it into an existing directory, and says what it has. */
  static TreeCopy.Counts write(Path target) throws IOException {
    Random random = new Random(SEED);
    long bytes = 0;
    for (int directory = 0; directory < DIRECTORIES; directory++) {
      Path folder = Files.createDirectory(target.resolve("folder-%03d".formatted(directory)));
      for (int file = 0; file < FILES_EACH; file++) {
        byte[] content = content(random, file % 2 == 0);
        Files.write(folder.resolve("file-%02d".formatted(file)), content);
        bytes += content.length;
      }
      Files.createSymbolicLink(
          folder.resolve("newest"), Path.of("file-%02d".formatted(FILES_EACH - 1)));
    }
    return new TreeCopy.Counts(DIRECTORIES * (FILES_EACH + 2L), bytes, 0);
  }

  private static byte[] content(Random random, boolean text) {
    byte[] content = new byte[random.nextInt(SIZE_LIMIT_BYTES)];
    random.nextBytes(content);
    if (text) {
      for (int at = 0; at < content.length; at++) {
        content[at] = (byte) ('a' + Math.floorMod(content[at], 26));
      }
    }
    return content;
  }
}
