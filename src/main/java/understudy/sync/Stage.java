package understudy.sync;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.ContentHash;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Hash;
import understudy.sync.plan.TreePath;

/**
 * Where a run builds what is to come, each thing at the path it will have: {@code
 * .understudy/stage/<level>/<path>}. A run that was cut leaves its level; the next run takes from
 * older levels what still has the right content. Not for use by two threads at once.
 */
final class Stage implements AutoCloseable {
  private static final Pattern NUMBER = Pattern.compile("[1-9][0-9]{0,8}");
  private static final int MOST_LEVELS = 8;
  private static final int OWNER_ONLY = 0600;
  private static final int OWNER_ALL = 0700;

  private final Directory stages;
  private final Directory place;
  private final int level;
  private final List<Directory> older = new ArrayList<>();
  private final Effects effects;
  private byte[] buffer = new byte[0];
  private final StagePlace reached;

  private Stage(Directory stages, int level, Effects effects) throws SystemCallException {
    this.stages = stages;
    this.level = level;
    this.effects = effects;
    this.place = Reserved.ensure(stages, label(level));
    this.reached = new StagePlace(place, effects);
  }

  /** Opens a new level above all that are left. */
  static Stage next(Directory area, Effects effects) throws IOException {
    Directory stages = Reserved.ensure(area, Reserved.STAGE);
    List<Integer> levels = levels(stages);
    while (levels.size() >= MOST_LEVELS) {
      Reserved.removeAll(stages, label(levels.removeFirst()));
    }
    Stage stage = new Stage(stages, levels.isEmpty() ? 1 : levels.getLast() + 1, effects);
    for (int each : levels.reversed()) {
      stage.older.add(stages.directory(label(each)));
    }
    return stage;
  }

  /** Opens the level of a commit that has to be finished. */
  static Stage at(Directory area, int level, Effects effects) throws IOException {
    return new Stage(Reserved.ensure(area, Reserved.STAGE), level, effects);
  }

  private static List<Integer> levels(Directory stages) throws IOException {
    List<Integer> levels = new ArrayList<>();
    for (byte[] name : stages.names()) {
      String label = new String(name, StandardCharsets.US_ASCII);
      if (NUMBER.matcher(label).matches()) {
        levels.add(Integer.parseInt(label));
      }
    }
    levels.sort(null);
    return levels;
  }

  private static byte[] label(int level) {
    return Reserved.ascii(Integer.toString(level));
  }

  int level() {
    return level;
  }

  boolean hasOlder() {
    return !older.isEmpty();
  }

  Directory place() {
    return place;
  }

  /** The staged directory that holds {@code path}, made with all above it where missing. */
  Directory parent(TreePath path) throws SystemCallException {
    return reached.parent(path);
  }

  /** Creates the entry where it will be moved from; files and hard links have their own methods. */
  void create(TreePath path, Entry entry) throws SystemCallException {
    byte[] name = path.name().bytes();
    switch (entry) {
      case Entry.Subtree _ -> {
        Directory parent = parent(path);
        if (parent.find(name).isEmpty()) {
          effects.before("stage directory");
          parent.createDirectory(name, OWNER_ALL);
        }
      }
      case Entry.Symlink symlink -> {
        effects.before("stage symlink");
        parent(path).createSymlink(name, symlink.target().bytes());
      }
      case Entry.Special special -> {
        effects.before("stage node");
        parent(path)
            .createNode(
                name, FileStatus.Type.valueOf(special.kind().name()), OWNER_ONLY, special.device());
      }
      case Entry.File _, Entry.Withheld _ ->
          throw new IllegalArgumentException("staged in another way");
    }
  }

  /** Takes the file from an older level when its content is right. */
  boolean take(TreePath path, Entry.File file) throws IOException {
    for (Directory level : older) {
      try (OpenFile found = level.read(path.bytes())) {
        FileStatus status = found.status();
        if (status.type() == FileStatus.Type.FILE
            && status.links() == 1
            && status.sizeBytes() == file.sizeBytes()
            && hash(found, file.sizeBytes()).equals(file.content())) {
          effects.before("stage again");
          moveFrom(level, path);
          return true;
        }
      } catch (SystemCallException absent) {
        if (absent.error() == SystemCallException.INPUT_OUTPUT) {
          throw absent;
        }
        // not there, or something else is: the next level, or the source, has it
      }
    }
    return false;
  }

  /** A cut run left something of that file. */
  boolean hasPart(TreePath path) throws SystemCallException {
    return levelOfPart(path).isPresent();
  }

  private Optional<Directory> levelOfPart(TreePath path) throws SystemCallException {
    for (Directory level : older) {
      try (OpenFile found = level.change(path.bytes())) {
        FileStatus status = found.status();
        if (status.type() == FileStatus.Type.FILE && status.links() == 1) {
          return Optional.of(level);
        }
      } catch (SystemCallException absent) {
        if (absent.error() == SystemCallException.INPUT_OUTPUT) {
          throw absent;
        }
        // not there, or something else is, or it may not be written to: the next level
      }
    }
    return Optional.empty();
  }

  /** Takes over what a cut run left of that file; false when it left nothing. */
  boolean takePart(TreePath path) throws SystemCallException {
    Optional<Directory> level = levelOfPart(path);
    if (level.isEmpty()) {
      return false;
    }
    effects.before("stage again");
    moveFrom(level.get(), path);
    return true;
  }

  private void moveFrom(Directory level, TreePath path) throws SystemCallException {
    byte[] name = path.name().bytes();
    Directory to = parent(path);
    if (path.depth() == 1) {
      level.rename(name, to, name);
      return;
    }
    try (Directory from = level.directory(path.parent().bytes())) {
      from.rename(name, to, name);
    }
  }

  /** Copies content that this node already has; false when it is not what it was thought to be. */
  boolean copy(OpenFile from, TreePath path, Entry.File file) throws IOException {
    byte[] name = path.name().bytes();
    Directory parent = parent(path);
    effects.before("stage copy");
    try (OpenFile to = parent.create(name, OWNER_ONLY)) {
      long left = file.sizeBytes();
      while (left > 0) {
        long copied = from.copyTo(to, left);
        if (copied == 0) {
          break;
        }
        left -= copied;
      }
      if (left == 0 && hash(to, file.sizeBytes()).equals(file.content())) {
        return true;
      }
    }
    parent.unlink(name);
    return false;
  }

  private Hash hash(OpenFile file, long sizeBytes) throws SystemCallException {
    file.seek(0);
    ContentHash hash = new ContentHash(sizeBytes);
    if (buffer.length == 0) {
      buffer = new byte[OpenFile.CHUNK_BYTES];
    }
    int read = file.read(buffer, 0, buffer.length);
    while (read > 0) {
      hash.update(buffer, 0, read);
      read = file.read(buffer, 0, buffer.length);
    }
    return hash.finish();
  }

  /** Removes what this stage and all older ones hold. */
  void drop() throws IOException {
    closePlaces();
    for (byte[] name : stages.names()) {
      effects.before("drop stage");
      Reserved.removeAll(stages, name);
    }
  }

  private void closePlaces() {
    reached.close();
    older.forEach(Directory::close);
    older.clear();
    place.close();
  }

  @Override
  public void close() {
    closePlaces();
    stages.close();
  }
}
