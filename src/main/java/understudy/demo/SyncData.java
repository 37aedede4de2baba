package understudy.demo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Makes and changes the data of {@code bench sync}: the same bytes each time. Sizes of the mixed
 * tree are log-normal with a median of some KiB, about twelve files a directory, 60 % text and 40 %
 * half-random bytes.
 */
final class SyncData {
  private static final int CHUNK_BYTES = 4 << 20;
  private static final int FILES_A_DIRECTORY = 12;
  private static final int MANY_A_DIRECTORY = 1000;
  private static final int SMALL_BYTES = 4096;
  private static final int CHANGED_BLOCK_BYTES = 64 << 10;
  private static final long LARGEST_BYTES = 64 << 20;
  private static final int EDITED_ONE_IN = 100;
  private static final double MU = 8.4;
  private static final double SIGMA = 2.0;

  private SyncData() {}

  /** What a change was. */
  record Changed(long files, long bytes) {}

  static final Changed NOTHING = new Changed(0, 0);

  static void tree(Path root, int files, long bytes) throws IOException {
    SplittableRandom random = new SplittableRandom(1);
    double[] sizes = new double[files];
    double sum = 0;
    for (int at = 0; at < files; at++) {
      sizes[at] = Math.min(LARGEST_BYTES, Math.exp(MU + SIGMA * random.nextGaussian()));
      sum += sizes[at];
    }
    byte[] text = text(random);
    byte[] mixed = mixed(random);
    List<Path> directories = directories(root, Math.max(1, files / FILES_A_DIRECTORY), random);
    for (int at = 0; at < files; at++) {
      boolean isText = random.nextInt(10) < 6;
      Path directory = directories.get(random.nextInt(directories.size()));
      Path file = directory.resolve("f%06d.%s".formatted(at, isText ? "txt" : "bin"));
      write(file, isText ? text : mixed, (long) (sizes[at] * bytes / sum), random);
    }
  }

  private static List<Path> directories(Path root, int count, SplittableRandom random)
      throws IOException {
    List<Path> directories = new ArrayList<>();
    for (int at = 0; at < count; at++) {
      Path parent =
          directories.isEmpty() || random.nextInt(10) < 2
              ? root
              : directories.get(random.nextInt(directories.size()));
      if (parent.getNameCount() - root.getNameCount() > 6) {
        parent = root;
      }
      directories.add(Files.createDirectories(parent.resolve("d%05d".formatted(at))));
    }
    return directories;
  }

  private static byte[] text(SplittableRandom random) {
    String[] words =
        ("the of and to in for is on that by this with you it not or be are from at as your all"
                + " have new more an was we will home can us about if page my has search free but"
                + " return static final class public void null import package struct const char")
            .split(" ", -1);
    StringBuilder text = new StringBuilder();
    while (text.length() < CHUNK_BYTES) {
      text.append(words[random.nextInt(words.length)]).append(' ');
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] mixed(SplittableRandom random) {
    byte[] bytes = new byte[CHUNK_BYTES];
    random.nextBytes(bytes);
    for (int at = 0; at + 48 <= bytes.length; at += 48) { // half of it can be guessed
      System.arraycopy(bytes, at, bytes, at + 40, 8);
      for (int zero = at + 24; zero < at + 40; zero++) {
        bytes[zero] = 0;
      }
    }
    return bytes;
  }

  private static void write(Path file, byte[] from, long length, SplittableRandom random)
      throws IOException {
    try (FileChannel out = create(file)) {
      long left = length;
      while (left > 0) {
        int start = random.nextInt(from.length - 1);
        int part = (int) Math.min(left, from.length - start);
        out.write(ByteBuffer.wrap(from, start, part));
        left -= part;
      }
    }
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW);
  }

  /** Incompressible files of 4 KiB. */
  static void small(Path root, int files) throws IOException {
    equal(root, files, MANY_A_DIRECTORY, SMALL_BYTES);
  }

  /** Incompressible files of 1 MiB in one directory. */
  static void large(Path directory, int files) throws IOException {
    equal(directory, files, Integer.MAX_VALUE, 1 << 20);
  }

  private static void equal(Path root, int files, int each, int bytes) throws IOException {
    SplittableRandom random = new SplittableRandom(6);
    byte[] content = new byte[bytes];
    for (int at = 0; at < files; at++) {
      Path directory = each > files ? root : root.resolve("%05d".formatted(at / each));
      if (at % each == 0) {
        Files.createDirectories(directory);
      }
      random.nextBytes(content);
      Files.write(directory.resolve("n%07d".formatted(at)), content);
    }
  }

  /** Half of them empty, half with 100 bytes. */
  static void tiny(Path root, int files) throws IOException {
    byte[] content = "0123456789".repeat(10).getBytes(StandardCharsets.US_ASCII);
    byte[] nothing = new byte[0];
    Path directory = root;
    for (int at = 0; at < files; at++) {
      if (at % MANY_A_DIRECTORY == 0) {
        directory = root.resolve("%03d/%06d".formatted(at / 100_000, at / MANY_A_DIRECTORY));
        Files.createDirectories(directory);
      }
      Files.write(directory.resolve("f%07d".formatted(at)), at % 2 == 0 ? nothing : content);
    }
  }

  /** One incompressible file. */
  static void big(Path file, long bytes) throws IOException {
    SplittableRandom random = new SplittableRandom(4);
    byte[] chunk = new byte[CHUNK_BYTES];
    try (FileChannel out = create(file)) {
      for (long left = bytes; left > 0; left -= chunk.length) {
        random.nextBytes(chunk);
        out.write(ByteBuffer.wrap(chunk, 0, (int) Math.min(left, chunk.length)));
      }
    }
  }

  /** Rewrites 1 % of the file's 64 KiB blocks, others in each round. */
  static Changed patch(Path file, int round) throws IOException {
    SplittableRandom random = new SplittableRandom(1000 + round);
    long blocks = Files.size(file) / CHANGED_BLOCK_BYTES;
    TreeSet<Long> chosen = new TreeSet<>();
    while (chosen.size() < Math.max(1, blocks / 100)) {
      chosen.add(random.nextLong(blocks));
    }
    byte[] fresh = new byte[CHANGED_BLOCK_BYTES];
    try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      for (long block : chosen) {
        random.nextBytes(fresh);
        out.write(ByteBuffer.wrap(fresh), block * CHANGED_BLOCK_BYTES);
      }
    }
    return new Changed(1, (long) chosen.size() * CHANGED_BLOCK_BYTES);
  }

  static Changed append(Path file, long bytes, int round) throws IOException {
    byte[] fresh = new byte[(int) bytes];
    new SplittableRandom(2000 + round).nextBytes(fresh);
    Files.write(file, fresh, StandardOpenOption.APPEND);
    return new Changed(1, bytes);
  }

  /** Other bytes in the middle of every 100th file, which keeps its size. */
  static Changed edit(Path root, int round) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(root)) {
      files = all.filter(path -> isData(root, path)).sorted().toList();
    }
    long bytes = 0;
    long edited = 0;
    for (int at = round % EDITED_ONE_IN; at < files.size(); at += EDITED_ONE_IN) {
      byte[] mark = "%032d".formatted(round * 1_000_000L + at).getBytes(StandardCharsets.US_ASCII);
      long size = Files.size(files.get(at));
      try (FileChannel out = FileChannel.open(files.get(at), StandardOpenOption.WRITE)) {
        out.write(ByteBuffer.wrap(mark), size / 2);
      }
      bytes += size;
      edited++;
    }
    return new Changed(edited, bytes);
  }

  private static boolean isData(Path root, Path path) {
    return !path.startsWith(root.resolve(".understudy")) && Files.isRegularFile(path);
  }
}
