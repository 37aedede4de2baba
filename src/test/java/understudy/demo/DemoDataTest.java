package understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoDataTest {
  private static final FileTime LONG_AGO =
      FileTime.from(Instant.parse("2001-02-03T04:05:06.123456789Z"));

  private final PrintStream progress =
      new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
  @TempDir Path work;

  @Test
  void aCopyHasContentModesTimesAndLinksOfItsSource() throws Exception {
    Path source = sourceTree();
    Path target = work.resolve("target");

    DemoData data = DemoData.copyOf(source, target, progress);

    assertThat(data).isEqualTo(new DemoData(source.toRealPath().toString(), 4, 5, 0));
    assertThat(describe(target)).isEqualTo(describe(source));
    assertThat(describe(target)).anyMatch(line -> line.contains("2001-02-03T04:05:06.123456789Z"));
  }

  @Test
  void entriesBeyondTheLimitsAreLeftOutAndCounted() throws Exception {
    Path source = sourceTree();
    Path target = Files.createDirectory(work.resolve("target"));

    TreeCopy.Limits limits = new TreeCopy.Limits(3, 4);
    TreeCopy.Counts counts = TreeCopy.count(source, limits);

    assertThat(TreeCopy.copy(source, target, limits, counts, progress)).isEqualTo(counts);
    assertThat(counts.entries() + counts.leftOut()).isEqualTo(4);
    assertThat(counts.bytes()).isLessThanOrEqualTo(4);
    assertThat(TreeCopy.count(target, new TreeCopy.Limits(100, 100)))
        .isEqualTo(new TreeCopy.Counts(counts.entries(), counts.bytes(), 0));
  }

  @Test
  void aPipeIsLeftOutInsteadOfReadForEver() throws Exception {
    Path source = sourceTree();
    Process made = new ProcessBuilder("mkfifo", source.resolve("pipe").toString()).start();
    assertThat(made.waitFor()).isZero();

    assertThat(DemoData.copyOf(source, work.resolve("target"), progress).leftOut()).isEqualTo(1);
  }

  @Test
  void aTargetInsideTheSourceIsRefused() throws Exception {
    Path source = sourceTree();
    assertThatThrownBy(() -> DemoData.copyOf(source, source.resolve("inside"), progress))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("lies inside");
    assertThatThrownBy(() -> DemoData.copyOf(work.resolve("none"), work.resolve("t"), progress))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("none");
  }

  @Test
  void thisMachineAlwaysHasSomethingToProtect() throws Exception {
    Path target = work.resolve("target");
    DemoData data = DemoData.ofThisMachine(target, progress);

    assertThat(data.entries()).isBetween(100L, 30_000L);
    assertThat(data.bytes()).isBetween(100_000L, 200L << 20);
    assertThat(TreeCopy.count(target, new TreeCopy.Limits(Long.MAX_VALUE, Long.MAX_VALUE)))
        .isEqualTo(new TreeCopy.Counts(data.entries(), data.bytes(), 0));
  }

  @Test
  void theGeneratedTreeIsWhatItSays() throws Exception {
    TreeCopy.Counts made = GeneratedTree.write(work);
    assertThat(TreeCopy.count(work, new TreeCopy.Limits(Long.MAX_VALUE, Long.MAX_VALUE)))
        .isEqualTo(made);
    assertThat(made.bytes()).isGreaterThan(10 << 20);
  }

  private Path sourceTree() throws IOException {
    Path source = Files.createDirectory(work.resolve("source"));
    Path folder = Files.createDirectory(source.resolve("folder"));
    Path file = Files.writeString(folder.resolve("file"), "12345");
    Files.createSymbolicLink(source.resolve("link"), Path.of("folder/file"));
    Files.createSymbolicLink(source.resolve("dangling"), Path.of("/nowhere/at/all"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r-x--x--x"));
    Files.setLastModifiedTime(file, LONG_AGO);
    Files.setLastModifiedTime(folder, LONG_AGO);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    return source;
  }

  /** Every entry: path, mode, size and time of files and directories, target of links. */
  private static List<String> describe(Path root) throws IOException {
    try (Stream<Path> entries = Files.walk(root)) {
      return entries.map(entry -> root.relativize(entry) + " " + describeEntry(entry)).toList();
    }
  }

  private static String describeEntry(Path entry) {
    try {
      if (Files.isSymbolicLink(entry)) {
        return "to " + Files.readSymbolicLink(entry);
      }
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(entry))
          + " "
          + Files.getLastModifiedTime(entry, LinkOption.NOFOLLOW_LINKS)
          + (Files.isRegularFile(entry) ? " " + Files.readString(entry) : "");
    } catch (IOException e) {
      throw new AssertionError("could not look at " + entry, e);
    }
  }
}
