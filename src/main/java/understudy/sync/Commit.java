package understudy.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Change;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Metadata;
import understudy.sync.plan.TreePath;

/**
 * Exchanges the old state for the staged one, or takes that back. Every step looks at what is there
 * and does only what is missing, so each direction may be begun again after a crash at any point:
 *
 * <pre>
 * forward   path → undo/run/slot (when something is to go), stage/level/path → path, then metadata
 * backward  path → stage/level/path (when that came), undo/run/slot → path, then old metadata
 * moved     old path → path; backward: path → old path
 * patched   blocks of stage/level/path into path; backward: blocks of undo/run/slot into path
 * </pre>
 *
 * Whether a step was taken is seen from where the content lies.
 */
final class Commit {
  /** A slot with this at its end holds only blocks. */
  static final String PATCH = "p";

  private static final int OWNER_ALL = 0700;

  private final Index index;
  private final CommitRecord record;
  private final LivePlace live;
  private final Stage stage;
  private final Directory undo;
  private final Effects effects;
  private final List<TreePath> strangers = new ArrayList<>();

  Commit(
      Index index,
      CommitRecord record,
      LivePlace live,
      Stage stage,
      Directory undo,
      Effects effects) {
    this.index = index;
    this.record = record;
    this.live = live;
    this.stage = stage;
    this.undo = undo;
    this.effects = effects;
  }

  /** Numbers the steps that move something, the same way in every walk. */
  static final class Slots {
    private int next;

    String take() {
      return Integer.toString(next++);
    }

    /** For what holds only the replaced blocks of a file that is patched where it lies. */
    String takeForPatch() {
      return take() + PATCH;
    }
  }

  void forward() throws IOException {
    Slots slots = new Slots();
    new Walk(index, record.moves())
        .run(
            record.offer().root(),
            new Walk.Visitor() {
              @Override
              public void change(TreePath path, Change change) throws IOException {
                switch (change) {
                  case Change.Remove remove -> {
                    String slot = slots.take();
                    putAway(path, slot);
                    compare(path, slot, remove.old());
                  }
                  case Change.Add add -> install(path, slots.take(), add.fresh());
                  case Change.Replace replace when isPatched(path) -> {
                    String _ = slots.takeForPatch();
                    patch(path, replace.fresh());
                  }
                  case Change.Replace replace -> {
                    String slot = slots.take();
                    install(path, slot, replace.fresh());
                    compare(path, slot, replace.old());
                  }
                  case Change.Amend amend -> dress(path, amend.fresh());
                  case Change.Depart depart -> {
                    String _ = slots.take();
                    carry(path, depart.to());
                  }
                  case Change.Arrive arrive -> {
                    carry(arrive.from(), path);
                    if (!isThere(path)) {
                      throw new IOException(
                          "'%s', which was to become '%s', is gone".formatted(arrive.from(), path));
                    }
                    dressAgain(path, arrive.fresh());
                  }
                  case Change.Descend _ -> {}
                }
              }

              @Override
              public void leaving(TreePath path, Entry.Subtree fresh, boolean isNew)
                  throws IOException {
                if (!isNew) {
                  dressDirectory(path, fresh);
                }
              }
            });
  }

  /** What was put away should be what this node had: seen from its status, not its content. */
  private void compare(TreePath path, String slot, Entry old) throws IOException {
    Optional<FileStatus> status = undo.find(Reserved.ascii(slot));
    if (old instanceof Entry.File && status.isPresent() && !Dress.fits(status.get(), old)) {
      strangers.add(path);
    }
  }

  /** Files that somebody else had written since the last run, and that are in the undo area now. */
  List<TreePath> strangers() {
    return strangers;
  }

  private boolean isPatched(TreePath path) {
    return record.patches().containsKey(path);
  }

  private FilePatch patchOf(TreePath path) {
    return Objects.requireNonNull(record.patches().get(path));
  }

  /** The blocks that it replaces were saved before the promise. */
  private void patch(TreePath path, Entry fresh) throws IOException {
    byte[] name = path.name().bytes();
    effects.before("patch");
    try (OpenFile staged = stage.parent(path).read(name);
        OpenFile file = live.parent(path).change(name)) {
      InPlace.carryOut(patchOf(path), staged, file);
    }
    dress(path, fresh);
  }

  private void patchBack(TreePath path, String slot, Entry old) throws IOException {
    effects.before("take back patch");
    try (OpenFile saved = undo.read(Reserved.ascii(slot));
        OpenFile file = live.parent(path).change(path.name().bytes())) {
      InPlace.takeBack(patchOf(path), saved, file);
    }
    dress(path, old);
  }

  private void putAway(TreePath path, String slot) throws IOException {
    if (undo.find(Reserved.ascii(slot)).isPresent()) {
      return;
    }
    Directory parent = live.parent(path);
    if (parent.find(path.name().bytes()).isPresent()) {
      move(parent, path.name().bytes(), undo, Reserved.ascii(slot), "put away");
    }
  }

  private void install(TreePath path, String slot, Entry fresh) throws IOException {
    byte[] name = path.name().bytes();
    Directory from = stage.parent(path);
    if (from.find(name).isPresent()) {
      putAway(path, slot);
      move(from, name, live.parent(path), name, "install");
    }
    if (fresh instanceof Entry.Subtree) {
      dressAgain(path, fresh);
    }
  }

  /**
   * Moves a directory within the tree unless that is done. At the first of the two places that a
   * walk comes to: both their parents get their times only after it.
   */
  private void carry(TreePath from, TreePath to) throws IOException {
    try (Directory above = live.opened(from.parent())) {
      if (above.find(from.name().bytes()).isPresent()) {
        move(above, from.name().bytes(), live.parent(to), to.name().bytes(), "carry");
      }
    }
  }

  private boolean isThere(TreePath path) throws IOException {
    return live.parent(path).find(path.name().bytes()).isPresent();
  }

  /** Moves, first giving its owner the rights that a read-only directory withholds. */
  private void move(Directory from, byte[] name, Directory to, byte[] newName, String effect)
      throws SystemCallException {
    effects.before(effect);
    try {
      from.rename(name, to, newName);
    } catch (SystemCallException refused) {
      if (refused.error() != SystemCallException.ACCESS_DENIED) {
        throw refused;
      }
      unlock(from);
      unlock(to);
      Permissions.unlock(from, name, from.status(name));
      from.rename(name, to, newName);
    }
  }

  private static void unlock(Directory directory) throws SystemCallException {
    FileStatus status = directory.status();
    directory.setMode(new byte[0], status.mode() | OWNER_ALL);
  }

  private void dress(TreePath path, Entry entry) throws IOException {
    Optional<Metadata> wanted = entry.metadata();
    if (wanted.isPresent()) {
      putOn(live.parent(path), path.name().bytes(), wanted.get(), entry);
    }
  }

  /** Moving a read-only directory may have needed another mode. */
  private void dressAgain(TreePath path, Entry entry) throws IOException {
    if (!Dress.fits(live.parent(path).status(path.name().bytes()), entry)) {
      dress(path, entry);
    }
  }

  private void putOn(Directory parent, byte[] name, Metadata wanted, Entry entry)
      throws SystemCallException {
    effects.before("dress");
    boolean _ = Dress.put(parent, name, wanted, entry instanceof Entry.Symlink);
  }

  private void dressDirectory(TreePath path, Entry.Subtree fresh) throws IOException {
    Directory directory = live.directory(path);
    effects.before("dress directory");
    boolean _ = Dress.put(directory, new byte[0], fresh.carried(), false);
  }

  /** The way back, for when the way forward is blocked by the file system. */
  void backward(Entry.Subtree oldRoot) throws IOException {
    Slots slots = new Slots();
    new Walk(index, record.moves())
        .run(
            record.offer().root(),
            new Walk.Visitor() {
              private final Map<TreePath, Entry.Subtree> before = new HashMap<>();

              @Override
              public void change(TreePath path, Change change) throws IOException {
                switch (change) {
                  case Change.Remove _ -> putBack(path, slots.take());
                  case Change.Add _ -> {
                    takeOut(path);
                    putBack(path, slots.take());
                  }
                  case Change.Replace replace when isPatched(path) ->
                      patchBack(path, slots.takeForPatch(), replace.old());
                  case Change.Replace replace -> replaceBack(path, slots.take(), replace.old());
                  case Change.Amend amend -> dress(path, amend.old());
                  case Change.Descend descend -> before.put(path, descend.old());
                  case Change.Depart depart -> {
                    String _ = slots.take();
                    carry(depart.to(), path);
                    if (isThere(path)) {
                      dressAgain(path, depart.old());
                    }
                  }
                  case Change.Arrive arrive -> carry(path, arrive.from());
                }
              }

              @Override
              public void leaving(TreePath path, Entry.Subtree fresh, boolean isNew)
                  throws IOException {
                Entry.Subtree old = path.isRoot() ? oldRoot : before.remove(path);
                if (!isNew && old != null) {
                  dressDirectory(path, old);
                }
              }
            });
  }

  /** What was never put away is still the old content, wherever the new one went. */
  private void replaceBack(TreePath path, String slot, Entry old) throws IOException {
    if (old instanceof Entry.Withheld || undo.find(Reserved.ascii(slot)).isPresent()) {
      takeOut(path);
      putBack(path, slot);
    }
  }

  private void takeOut(TreePath path) throws IOException {
    byte[] name = path.name().bytes();
    Directory to = stage.parent(path);
    Directory parent = live.parent(path);
    if (to.find(name).isEmpty() && parent.find(name).isPresent()) {
      move(parent, name, to, name, "take out");
    }
  }

  private void putBack(TreePath path, String slot) throws IOException {
    byte[] from = Reserved.ascii(slot);
    if (undo.find(from).isPresent()) {
      move(undo, from, live.parent(path), path.name().bytes(), "put back");
    }
  }
}
