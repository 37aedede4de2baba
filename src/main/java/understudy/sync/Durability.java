package understudy.sync;

import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import understudy.linux.Directory;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Change;
import understudy.sync.plan.Entry;
import understudy.sync.plan.TreePath;

/**
 * Waits until a run's changes are on the disk: a few of them one by one, many by one sync of the
 * whole file system. The latter also waits for everything that other programs have written, which a
 * small run must not.
 */
final class Durability {
  /** Up to so many files and directories are synced one by one. */
  static final int FEW = 64;

  private final Set<TreePath> staged = new TreeSet<>();
  private final Set<TreePath> stagedDirectories = new TreeSet<>();
  private final Set<TreePath> amended = new TreeSet<>();
  private final Set<TreePath> liveDirectories = new TreeSet<>();
  private boolean isSimple = true;

  private Durability() {}

  /**
   * What the walk to the incoming tree touches.
   *
   * @param patched files that are changed where they lie
   */
  static Durability of(Walk walk, Entry.Subtree to, Set<TreePath> patched) throws IOException {
    var durability = new Durability();
    walk.run(
        to,
        new Walk.Visitor() {
          @Override
          public void change(TreePath path, Change change) {
            switch (change) {
              case Change.Descend _ -> durability.liveDirectories.add(path);
              case Change.Remove _ -> durability.liveDirectories.add(path.parent());
              case Change.Add add -> durability.arrives(path, add.fresh());
              case Change.Replace replace when patched.contains(path) -> {
                durability.stages(path, replace.fresh());
                durability.amends(path, replace.fresh());
              }
              case Change.Replace replace -> durability.arrives(path, replace.fresh());
              case Change.Amend amend -> durability.amends(path, amend.fresh());
              case Change.Depart _ -> durability.liveDirectories.add(path.parent());
              case Change.Arrive _ -> {
                durability.liveDirectories.add(path.parent());
                durability.liveDirectories.add(path);
              }
            }
          }

          @Override
          public void inside(TreePath path, Entry fresh) {
            durability.stages(path, fresh);
          }
        });
    return durability;
  }

  private void arrives(TreePath path, Entry fresh) {
    stages(path, fresh);
    liveDirectories.add(path.parent());
    if (fresh instanceof Entry.Subtree) {
      liveDirectories.add(path);
    }
  }

  private void stages(TreePath path, Entry fresh) {
    if (!isFew()) {
      return; // the whole file system is waited for: no list is needed
    }
    switch (fresh) {
      case Entry.File file -> {
        staged.add(path);
        isSimple &= file.linkedTo().isEmpty();
      }
      case Entry.Subtree _ -> stagedDirectories.add(path);
      case Entry.Symlink _, Entry.Withheld _ -> {}
      case Entry.Special _ -> isSimple = false;
    }
    for (TreePath above = path.parent(); stagedDirectories.add(above); above = above.parent()) {
      if (above.isRoot()) {
        break;
      }
    }
  }

  private void amends(TreePath path, Entry fresh) {
    switch (fresh) {
      case Entry.File _ -> amended.add(path);
      case Entry.Subtree _ -> liveDirectories.add(path);
      case Entry.Symlink _, Entry.Special _, Entry.Withheld _ -> isSimple = false;
    }
  }

  private boolean isFew() {
    return isSimple
        && staged.size() + stagedDirectories.size() + amended.size() + liveDirectories.size()
            <= FEW;
  }

  /** Waits for what was staged, and for the reserved directory's own entries. */
  void awaitStaged(Directory root, Stage stage) throws SystemCallException {
    if (!isFew() || !isSynced(stage.place(), staged, stagedDirectories)) {
      root.syncFileSystem();
      return;
    }
    try (Directory area = root.directory(Reserved.AREA.bytes());
        Directory stages = area.directory(Reserved.STAGE);
        Directory undo = area.directory(Reserved.UNDO)) {
      stages.sync();
      undo.sync();
      area.sync();
    }
    root.sync();
  }

  /** Waits for the exchange: every directory that something left or came to. */
  void awaitExchanged(Directory root, Stage stage, Directory undo) throws SystemCallException {
    if (!isFew() || !isSynced(root, amended, liveDirectories)) {
      root.syncFileSystem();
      return;
    }
    undo.sync();
    stage.place().sync();
    root.sync();
  }

  /**
   * False when one of them may not be opened: then only the whole file system can be waited for.
   */
  private static boolean isSynced(Directory base, Set<TreePath> files, Set<TreePath> directories)
      throws SystemCallException {
    try {
      for (TreePath file : files) {
        try (OpenFile open = base.read(file.bytes())) {
          open.sync();
        }
      }
      for (TreePath directory : directories) {
        if (directory.isRoot()) {
          base.sync();
        } else {
          try (Directory open = base.directory(directory.bytes())) {
            open.sync();
          }
        }
      }
      return true;
    } catch (SystemCallException closed) {
      if (closed.isNotPermitted() || closed.isMissing()) {
        return false;
      }
      throw closed;
    }
  }
}
