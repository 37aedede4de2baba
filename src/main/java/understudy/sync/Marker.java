package understudy.sync;

import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import understudy.linux.Directory;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;

/** Tells a dataset's own root from another file system, or none, at the same place. */
final class Marker {
  private static final String FACT = "marker";

  private final Index index;
  private final Effects effects;

  Marker(Index index, Effects effects) {
    this.index = index;
    this.effects = effects;
  }

  /** A root that never had one gets it; one that lost it only when {@code mayBeRenewed}. */
  boolean isOn(Directory root, boolean mayBeRenewed) throws IOException {
    Optional<byte[]> expected = index.fact(FACT);
    byte[] marker = expected.orElseGet(() -> Dataset.bytes(UUID.randomUUID().toString()));
    if (root.find(Reserved.AREA.bytes()).isPresent() && isMarked(root, marker)) {
      return true;
    }
    if (expected.isPresent() && !mayBeRenewed) {
      return false;
    }
    write(root, marker);
    if (expected.isEmpty()) { // only now: a root is missed for a marker that it surely has
      index.setFact(FACT, marker);
      effects.before("commit marker");
      index.commit();
    }
    return true;
  }

  private void write(Directory root, byte[] marker) throws IOException {
    try (Directory area = Reserved.ensure(root, Reserved.AREA.bytes())) {
      effects.before("write marker");
      Reserved.removeAll(area, Reserved.MARKER);
      try (OpenFile file = area.create(Reserved.MARKER, 0600)) {
        file.write(marker, 0, marker.length);
        file.sync();
      }
      area.sync();
    }
    root.sync();
  }

  private static boolean isMarked(Directory root, byte[] marker) throws SystemCallException {
    try (Directory area = root.directory(Reserved.AREA.bytes());
        OpenFile file = area.read(Reserved.MARKER)) {
      byte[] found = new byte[marker.length + 1];
      int read = file.read(found, 0, found.length);
      return Arrays.equals(found, 0, read, marker, 0, marker.length);
    } catch (SystemCallException absent) {
      if (absent.error() == SystemCallException.NO_ENTRY) {
        return false;
      }
      throw absent;
    }
  }
}
