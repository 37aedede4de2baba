package understudy.sync;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Change;
import understudy.sync.plan.Entry;
import understudy.sync.plan.TreePath;

/**
 * Gives staged files their further names. The first name lies in the stage when it is new there,
 * and else in the tree. When it is not to be had, the file is fetched like any other.
 */
final class LinkPass implements Walk.Visitor {
  private final Index index;
  private final Stage stage;
  private final Directory root;
  private final ContentFetch contents;
  private final Map<TreePath, FilePatch> patches;
  private final Effects effects;

  LinkPass(
      Index index,
      Stage stage,
      Directory root,
      ContentFetch contents,
      Map<TreePath, FilePatch> patches,
      Effects effects) {
    this.patches = patches;
    this.index = index;
    this.stage = stage;
    this.root = root;
    this.contents = contents;
    this.effects = effects;
  }

  @Override
  public void change(TreePath path, Change change) throws IOException {
    switch (change) {
      case Change.Add add -> link(path, add.fresh());
      case Change.Replace replace -> link(path, replace.fresh());
      case Change.Remove _, Change.Amend _, Change.Descend _, Change.Depart _, Change.Arrive _ -> {}
    }
  }

  @Override
  public void inside(TreePath path, Entry fresh) throws IOException {
    link(path, fresh);
  }

  private void link(TreePath path, Entry entry) throws IOException {
    if (entry instanceof Entry.File file && file.linkedTo().isPresent()) {
      TreePath first = file.linkedTo().get();
      boolean _ = BlockFetch.isMadeWhole(first, patches, stage, root);
      boolean isLinked =
          linked(stage.place(), first, path) || (isHere(first, file) && linked(root, first, path));
      if (!isLinked) {
        contents.file(path, file);
      }
    }
  }

  /** The tree's own file of that name has the content, and what it carries will be set in place. */
  private boolean isHere(TreePath first, Entry.File file) throws IOException {
    Optional<IndexedTree> row = index.directory(first.parent());
    return row.isPresent()
        && row.get().tree().entries().stream()
            .anyMatch(
                entry ->
                    entry instanceof Entry.File own
                        && own.name().equals(first.name())
                        && own.linkedTo().isEmpty()
                        && own.content().equals(file.content()));
  }

  private boolean linked(Directory place, TreePath first, TreePath path) throws IOException {
    Directory to = stage.parent(path);
    try (Directory from =
        first.depth() == 1
            ? place.directory(new byte[] {'.'})
            : place.directory(first.parent().bytes())) {
      Optional<FileStatus> status = from.find(first.name().bytes());
      if (status.isEmpty() || status.get().type() != FileStatus.Type.FILE) {
        return false;
      }
      effects.before("stage link");
      from.link(first.name().bytes(), to, path.name().bytes());
      return true;
    } catch (SystemCallException absent) {
      if (absent.isFull()) {
        throw absent;
      }
      return false; // no such directory, or too many links: fetched instead
    }
  }

  /** Sets what staged directories carry, each after everything in it. */
  static final class Closing implements Walk.Visitor {
    private final Stage stage;
    private final Set<TreePath> shortfalls;
    private final Effects effects;

    Closing(Stage stage, Set<TreePath> shortfalls, Effects effects) {
      this.stage = stage;
      this.shortfalls = shortfalls;
      this.effects = effects;
    }

    @Override
    public void change(TreePath path, Change change) {}

    @Override
    public void leaving(TreePath path, Entry.Subtree fresh, boolean isNew) throws IOException {
      if (isNew) {
        effects.before("stage directory's metadata");
        Directory parent = stage.parent(path);
        byte[] name = path.name().bytes();
        boolean held = Dress.put(parent, name, fresh.carried(), false);
        if (!held || !Dress.fits(parent.status(name), fresh)) {
          shortfalls.add(path);
        }
      }
    }
  }
}
