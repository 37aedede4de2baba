package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import understudy.linux.Directory;

/**
 * A machine that loses its power before an effect, on a disk as journalling file systems make them:
 * changes of names and metadata become durable in their order, the last of them not at all, unless
 * something was synced after them; content of a new file is lost unless the file, or the whole file
 * system, was synced. The index is on another disk, durable with each commit.
 */
final class PowerCut extends Mortal {
  private final Path root;
  private final Path survivor;
  private final int reached;
  private final Set<Object> before;
  private final Set<Object> unsynced = new HashSet<>();
  private boolean isLate = true;

  /**
   * @param reached the journal is on the disk up to this effect, or up to the last sync
   * @param survivor where what is left is put; not there yet
   */
  PowerCut(Path root, Path survivor, int fatal, int reached) throws IOException {
    super(fatal);
    this.root = root;
    this.survivor = survivor;
    this.reached = Math.min(reached, fatal);
    this.before = inodes(root);
  }

  private static Set<Object> inodes(Path root) throws IOException {
    Set<Object> inodes = new HashSet<>();
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.toList()) {
        inodes.add(inode(path));
      }
    }
    return inodes;
  }

  private static Object inode(Path path) throws IOException {
    return Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public synchronized void beforeCall(String call, int descriptor) {
    before(call);
    try {
      switch (call) {
        case "write", "resize", "copy", "punch" ->
            unsynced.add(Files.getAttribute(Path.of("/proc/self/fd/" + descriptor), "unix:ino"));
        case "sync file" -> {
          unsynced.remove(Files.getAttribute(Path.of("/proc/self/fd/" + descriptor), "unix:ino"));
          isLate = true; // the journal goes to the disk with it
        }
        case "sync directory" -> isLate = true;
        case "sync file system" -> {
          unsynced.clear();
          isLate = true;
        }
        default -> {}
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @Override
  public synchronized void before(String effect) {
    if (isLate && count() + 1 >= reached && !isDead()) {
      try {
        keep();
      } catch (IOException failed) {
        throw new UncheckedIOException(failed);
      }
    }
    super.before(effect);
  }

  private void keep() throws IOException {
    isLate = false;
    remove(survivor);
    run(List.of("cp", "-a", root.toString(), survivor.toString()));
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : paths.toList()) {
        Object inode = inode(path);
        if (unsynced.contains(inode) && !before.contains(inode)) {
          Path lost = survivor.resolve(root.relativize(path));
          FileTime modified = Files.getLastModifiedTime(lost);
          Files.write(lost, new byte[0]);
          Files.setLastModifiedTime(lost, modified);
        }
      }
    }
  }

  /** The power is back: the tree is what the disk has of it. */
  void restore() throws IOException {
    assertThat(survivor).exists();
    remove(root);
    Files.move(survivor, root);
  }

  private static void remove(Path path) throws IOException {
    try (Directory parent = Directory.open(path.resolveSibling("."))) {
      Reserved.removeAll(parent, Reserved.utf8(String.valueOf(path.getFileName())));
    }
  }

  private static void run(List<String> command) throws IOException {
    try {
      assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IOException(stopped);
    }
  }
}
