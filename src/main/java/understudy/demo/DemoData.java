package understudy.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The tree that the demo protects: a copy of a directory of this machine, or a generated one.
 *
 * @param origin where it came from, for people
 * @param entries files, symbolic links and directories
 * @param bytes of files
 * @param leftOut entries that were beyond the limits, unreadable, or neither file, directory nor
 *     link
 */
public record DemoData(String origin, long entries, long bytes, long leftOut) {
  private static final Path DOCUMENTATION = Path.of("/usr/share/doc");
  private static final long DEFAULT_ENTRIES = 30_000;
  private static final long DEFAULT_BYTES = 200L << 20;
  private static final long OWN_ENTRIES = 2_000_000;

  /** The copy, the other node's copy and what the undo area may take. */
  private static final int COPIES = 3;

  /**
   * Copies the documentation of this machine, at most 30,000 entries and 200 MiB of it; generates a
   * tree where there is next to none, as in containers.
   *
   * @param target is created
   * @param progress where a line appears now and then
   */
  public static DemoData ofThisMachine(Path target, PrintStream progress) throws IOException {
    if (Files.isDirectory(DOCUMENTATION)) {
      TreeCopy.Limits limits = new TreeCopy.Limits(DEFAULT_ENTRIES, DEFAULT_BYTES);
      TreeCopy.Counts counts = TreeCopy.count(DOCUMENTATION, limits);
      if (counts.entries() >= GeneratedTree.DIRECTORIES) {
        return copy(DOCUMENTATION, target, limits, counts, progress);
      }
    }
    Files.createDirectories(target);
    TreeCopy.Counts made = GeneratedTree.write(target);
    return new DemoData("generated", made.entries(), made.bytes(), 0);
  }

  /**
   * Copies a directory of the user's.
   *
   * @param target is created
   * @throws IOException also when it does not fit: three times its size must be free
   */
  public static DemoData copyOf(Path source, Path target, PrintStream progress) throws IOException {
    Path real = source.toRealPath();
    if (!Files.isDirectory(real)) {
      throw new IOException(source + " is no directory");
    }
    Files.createDirectories(target);
    if (target.toRealPath().startsWith(real)) {
      throw new IOException(target + ", where the demo works, lies inside " + source);
    }
    TreeCopy.Limits limits = new TreeCopy.Limits(OWN_ENTRIES, Long.MAX_VALUE);
    TreeCopy.Counts counts = TreeCopy.count(real, limits);
    if (counts.entries() >= OWN_ENTRIES) {
      throw new IOException(source + " has more than " + OWN_ENTRIES + " entries");
    }
    return copy(real, target, limits, counts, progress);
  }

  private static DemoData copy(
      Path source,
      Path target,
      TreeCopy.Limits limits,
      TreeCopy.Counts expected,
      PrintStream progress)
      throws IOException {
    Files.createDirectories(target);
    FileStore store = Files.getFileStore(target);
    if (store.getUsableSpace() / COPIES < expected.bytes()) {
      throw new IOException(
          "the demo needs %,d bytes free at %s for %s, there are %,d"
              .formatted(expected.bytes() * COPIES, target, source, store.getUsableSpace()));
    }
    TreeCopy.Counts copied = TreeCopy.copy(source, target, limits, expected, progress);
    return new DemoData(source.toString(), copied.entries(), copied.bytes(), copied.leftOut());
  }
}
