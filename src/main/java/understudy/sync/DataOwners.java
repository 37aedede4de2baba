package understudy.sync;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.DatasetConfig;
import understudy.linux.Account;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Exclusions;
import understudy.sync.plan.Name;
import understudy.sync.plan.TreePath;

/**
 * Who owns what lies in a dataset's directory on this machine: of the directory itself and of the
 * first {@value #MOST_ENTRIES} entries, level by level, without what is excluded or mounted inside.
 */
public final class DataOwners {
  static final int MOST_ENTRIES = 1000;
  private static final Logger LOG = LoggerFactory.getLogger(DataOwners.class);

  private final Directory root;
  private final Exclusions exclusions;
  private final long device;
  private final SortedSet<Account> found = new TreeSet<>();
  private final Deque<TreePath> directories = new ArrayDeque<>();
  private int seen;

  private DataOwners(Directory root, DatasetConfig dataset) throws IOException {
    this.root = root;
    this.exclusions = Dataset.exclusionsOf(dataset);
    FileStatus status = root.status();
    this.device = status.device();
    note(status);
  }

  /** Looks at the directory as it is now; throws when it is not there. */
  public static SortedSet<Account> of(DatasetConfig dataset) throws IOException {
    try (Directory root = Directory.open(dataset.path())) {
      var owners = new DataOwners(root, dataset);
      owners.look(root, TreePath.ROOT);
      while (owners.seen < MOST_ENTRIES && !owners.directories.isEmpty()) {
        owners.enter(owners.directories.remove());
      }
      return owners.found;
    }
  }

  private void enter(TreePath path) {
    try (Directory directory = root.directory(path.bytes())) {
      look(directory, path);
    } catch (SystemCallException gone) {
      LOG.debug("the owners in {} are not looked at: {}", path, gone.getMessage());
    }
  }

  private void look(Directory directory, TreePath path) throws SystemCallException {
    for (byte[] bytes : directory.names(MOST_ENTRIES - seen)) {
      Name name = Name.of(bytes);
      TreePath child = path.child(name);
      if ((path.isRoot() && name.equals(Reserved.AREA)) || exclusions.excludes(child)) {
        continue;
      }
      if (seen == MOST_ENTRIES) {
        return;
      }
      seen++;
      Optional<FileStatus> status = directory.find(bytes);
      status.filter(it -> it.device() == device).ifPresent(it -> note(it, child));
    }
  }

  private void note(FileStatus status, TreePath path) {
    note(status);
    if (status.type() == FileStatus.Type.DIRECTORY) {
      directories.add(path);
    }
  }

  private void note(FileStatus status) {
    found.add(Account.user(Integer.toUnsignedLong(status.uid())));
    found.add(Account.group(Integer.toUnsignedLong(status.gid())));
  }
}
