package understudy.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import understudy.config.DatasetConfig;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.sync.plan.Exclusions;
import understudy.sync.plan.Name;
import understudy.sync.plan.TreePath;

/**
 * Everything in a dataset's directory on this machine that its exclusions keep from being copied,
 * so that other programs can back it up: a directory before what is in it, names in their order.
 * What is mounted inside is named and not entered.
 */
public final class ExcludedPaths {
  /** Gets them one after the other. */
  public interface Taker {
    void take(TreePath path) throws IOException;
  }

  private final Exclusions exclusions;
  private final Taker taker;
  private final long device;

  private ExcludedPaths(Exclusions exclusions, Taker taker, long device) {
    this.exclusions = exclusions;
    this.taker = taker;
    this.device = device;
  }

  /** Walks the directory as it is now; throws what cannot be read. */
  public static void walk(DatasetConfig dataset, Taker taker) throws IOException {
    Exclusions exclusions = Dataset.exclusionsOf(dataset);
    if (exclusions.isEmpty()) {
      return;
    }
    try (Directory root = Directory.open(dataset.path())) {
      new ExcludedPaths(exclusions, taker, root.status().device()).walk(root, TreePath.ROOT);
    }
  }

  private void walk(Directory directory, TreePath path) throws IOException {
    for (Name name : names(directory)) {
      Optional<FileStatus> status = directory.find(name.bytes());
      if (status.isEmpty() || (path.isRoot() && name.equals(Reserved.AREA))) {
        continue;
      }
      TreePath child = path.child(name);
      if (exclusions.excludes(child)) {
        taker.take(child);
      }
      if (status.get().type() == FileStatus.Type.DIRECTORY
          && status.get().device() == device
          && child.depth() < Scanner.DEEPEST) {
        try (Directory inside = directory.directory(name.bytes())) {
          walk(inside, child);
        }
      }
    }
  }

  private static List<Name> names(Directory directory) throws IOException {
    List<Name> names = new ArrayList<>();
    for (byte[] each : directory.names()) {
      names.add(Name.of(each));
    }
    Collections.sort(names);
    return names;
  }
}
