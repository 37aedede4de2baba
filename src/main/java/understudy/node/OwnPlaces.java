package understudy.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The directories that say who this node is and who may do what here. A restore never writes into
 * one, nor puts anything in its place.
 */
record OwnPlaces(List<Path> directories) {
  OwnPlaces {
    directories = List.copyOf(directories);
  }

  /** The directory of ours that lies at, above or below an absolute path, links followed. */
  Optional<Path> touchedBy(Path target) throws IOException {
    Path real = real(target);
    for (Path directory : directories) {
      Path own = real(directory);
      if (real.startsWith(own) || own.startsWith(real)) {
        return Optional.of(directory);
      }
    }
    return Optional.empty();
  }

  /** Where a path leads, also when its last parts are not there yet. */
  private static Path real(Path path) throws IOException {
    Path whole = path.toAbsolutePath();
    for (Path there = whole; there != null; there = there.getParent()) {
      if (Files.exists(there)) {
        int parts = there.getNameCount();
        Path missing =
            parts == whole.getNameCount()
                ? Path.of("")
                : whole.subpath(parts, whole.getNameCount());
        return there.toRealPath().resolve(missing).normalize();
      }
    }
    return whole.normalize();
  }
}
