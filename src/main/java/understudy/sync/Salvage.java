package understudy.sync;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.linux.Directory;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Exclusions;
import understudy.sync.plan.PastView;
import understudy.sync.plan.TreePath;

/**
 * What syncs and restores took away from one dataset of this node, to be looked at and had back.
 * Safe for use by several threads; blocks on the disk. Looking at kept pieces disturbs no sync;
 * what is seen of a past time is read while no sync runs.
 */
public final class Salvage {
  private final Dataset dataset;

  Salvage(Dataset dataset) {
    this.dataset = dataset;
  }

  private interface Looking<T> {
    T at(UndoArea undo, Directory root) throws IOException;
  }

  private <T> T look(Looking<T> looking) throws IOException {
    return dataset.standing(
        (all, snapshot, root) -> {
          try (snapshot;
              root) {
            return looking.at(all.undo().seenBy(snapshot), root);
          }
        });
  }

  /** What can be had back, newest first. */
  public List<Undone> list(KeptQuery query) throws IOException {
    return look(
        (undo, root) -> {
          if (root.find(Reserved.AREA.bytes()).isEmpty()) {
            return List.of();
          }
          try (Directory area = root.directory(Reserved.AREA.bytes())) {
            return undo.list(area, query);
          }
        });
  }

  /**
   * What was at a path at a time.
   *
   * @param path the entry's own, from the dataset's root
   * @param isKept it has since been overwritten or deleted
   */
  public record Past(TreePath path, String kind, long bytes, Instant modifiedAt, boolean isKept) {}

  /** An entry as it was, and when it is a directory, what was directly in it. */
  public List<Past> at(TreePath path, Instant time, int limit) throws IOException {
    return Holding.quietly(
        dataset,
        () ->
            look(
                (undo, root) -> {
                  List<Past> found = new ArrayList<>();
                  walk(undo, root, new Wanted.AsOf(path, time))
                      .walk(
                          new PastWalk.Visitor() {
                            @Override
                            public void entry(
                                TreePath at, Entry entry, PastWalk.Content content, boolean kept) {
                              if (found.size() < limit) {
                                found.add(past(path, at, entry, kept));
                              }
                            }

                            @Override
                            public boolean enters(TreePath at) {
                              return at.isRoot();
                            }
                          });
                  return found;
                }));
  }

  private static Past past(TreePath base, TreePath relative, Entry entry, boolean isKept) {
    var metadata = entry.metadata().orElseThrow();
    long bytes = entry instanceof Entry.File file ? file.sizeBytes() : 0;
    return new Past(
        relative.isRoot() ? base : base.child(relative.name()),
        kind(entry),
        bytes,
        Instant.ofEpochSecond(metadata.mtimeSeconds(), metadata.mtimeNanos()),
        isKept);
  }

  static String kind(Entry entry) {
    return switch (entry) {
      case Entry.File _ -> "file";
      case Entry.Subtree _ -> "directory";
      case Entry.Symlink _ -> "symlink";
      case Entry.Special special -> special.kind().name().toLowerCase(java.util.Locale.ROOT);
      case Entry.Withheld _ -> "unknown";
    };
  }

  private Parcel.Walkable walk(UndoArea undo, Directory root, Wanted wanted) throws IOException {
    return switch (wanted) {
      case Wanted.Kept(long id) ->
          visitor ->
              new PastWalk(root, undo, new PastView(List.of()), Exclusions.NONE).piece(id, visitor);
      case Wanted.AsOf(TreePath path, Instant time) -> {
        PastView view = undo.asOf(path, time);
        yield visitor -> new PastWalk(root, undo, view, dataset.exclusions()).at(path, visitor);
      }
    };
  }

  /** Hands the pieces to a visitor while nothing of it can go away. */
  private void read(Wanted wanted, PastWalk.Visitor visitor) throws IOException {
    switch (wanted) {
      case Wanted.Kept(long id) when isPatch(id) ->
          Holding.quietly( // a run may change what it shares with the present file
              dataset,
              () ->
                  look(
                      (undo, root) -> {
                        walk(undo, root, wanted).walk(visitor);
                        return root;
                      }));
      case Wanted.Kept(long id) ->
          look(
              (undo, root) -> {
                int run = undo.find(id).map(UndoArea.Row::run).orElse(0);
                try (UndoArea.Hold hold = undo.hold(run)) {
                  walk(undo, root, wanted).walk(visitor);
                  return hold;
                }
              });
      case Wanted.AsOf _ ->
          Holding.quietly(
              dataset,
              () ->
                  look(
                      (undo, root) -> {
                        walk(undo, root, wanted).walk(visitor);
                        return root;
                      }));
    }
  }

  private boolean isPatch(long id) throws IOException {
    return look((undo, _) -> undo.find(id).map(UndoArea.Row::isPatch).orElse(false));
  }

  /** Where that piece was, to be restored there; empty: no such piece. */
  public Optional<TreePath> path(Wanted wanted) throws IOException {
    return switch (wanted) {
      case Wanted.Kept(long id) -> look((undo, _) -> undo.find(id).map(row -> row.undone().path()));
      case Wanted.AsOf(TreePath path, _) -> Optional.of(path);
    };
  }

  /** Sends it to another node's {@link #receive}. */
  public void send(Wanted wanted, OutputStream out) throws IOException {
    Parcel.send(visitor -> read(wanted, visitor), out);
  }

  private TreePath keptPath(Wanted wanted) throws IOException {
    return path(wanted)
        .orElseThrow(
            () ->
                new SyncRefused(
                    SyncRefused.Code.NOTHING_KEPT,
                    "nothing is kept under that id",
                    "see what is: understudy salvage list"));
  }

  /** How this and the tree of today differ, at most so many paths. */
  public List<Difference> compare(Wanted wanted, int limit) throws IOException {
    TreePath path = keptPath(wanted);
    try (Directory root = dataset.openRoot()) {
      Comparison comparison = new Comparison(root, path, dataset.exclusions(), limit);
      read(wanted, comparison);
      return comparison.differences();
    }
  }

  /** Copies it to a path on this machine. */
  public Restored restore(Wanted wanted, Path target, boolean replace) throws IOException {
    return alone(() -> place(visitor -> read(wanted, visitor), wanted.toString(), target, replace));
  }

  /**
   * As {@link #restore}, from another node.
   *
   * @param what says what comes: a cut restore of the same goes on where it was
   */
  public Restored receive(InputStream in, String what, Path target, boolean replace)
      throws IOException {
    return alone(() -> place(visitor -> Parcel.receive(in, visitor), what, target, replace));
  }

  /** Restores of one dataset go one after the other. */
  private Restored alone(Holding.Work<Restored> restore) throws IOException {
    try {
      dataset.restoring().lockInterruptibly();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while waiting for another restore to end");
    }
    try {
      return restore.run();
    } finally {
      dataset.restoring().unlock();
    }
  }

  private Restored place(Parcel.Walkable pieces, String what, Path target, boolean replace)
      throws IOException {
    Path absolute = target.toAbsolutePath().normalize();
    Path above = absolute.getParent();
    Path last = absolute.getFileName();
    if (above == null || last == null) {
      throw overwrite(absolute.toString());
    }
    if (absolute.startsWith(dataset.path())) {
      throw new SyncRefused(
          SyncRefused.Code.WOULD_OVERWRITE,
          absolute + " is in the dataset itself",
          "restore in place, or to a place outside of " + dataset.path());
    }
    Files.createDirectories(above);
    byte[] name = last.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Building building = Building.beside(dataset.name(), last.toString(), what);
    byte[] aside = Reserved.utf8(last + ".before-restore-" + dataset.clock().wall().toEpochMilli());
    try (Directory parent = Directory.open(above)) {
      boolean isTaken = parent.find(name).isPresent();
      if (isTaken && !replace) {
        throw overwrite(absolute.toString());
      }
      building.removeOthers(parent);
      Placing placing = new Placing(parent, building.name());
      pieces.walk(placing);
      if (isTaken) {
        parent.rename(name, parent, aside);
      }
      parent.rename(building.name(), parent, name);
      parent.sync();
      String replaced =
          isTaken
              ? above.resolve(new String(aside, java.nio.charset.StandardCharsets.UTF_8)) + ""
              : "";
      return restored(absolute.toString(), replaced, placing);
    }
  }

  private static Restored restored(String target, String replaced, Placing placing) {
    return new Restored(
        target,
        replaced,
        placing.entries(),
        placing.files(),
        placing.bytes(),
        placing.shortfalls());
  }

  private static SyncRefused overwrite(String target) {
    return new SyncRefused(
        SyncRefused.Code.WOULD_OVERWRITE,
        "something is at " + target,
        "choose another place, or add --replace: what is there is moved aside, not deleted");
  }

  /** The refusal of a place that is not absolute. */
  public static SyncRefused relative(String target) {
    return new SyncRefused(
        SyncRefused.Code.WOULD_OVERWRITE,
        "'" + target + "' is no absolute path",
        "the daemon works in another directory: write the whole path");
  }

  /**
   * Puts it where it was in this node's tree. What is there now is kept as another restorable
   * piece. Only for the node whose tree is the source: a follower's would be put right again.
   */
  public Restored restoreInPlace(Wanted wanted, boolean replace) throws IOException {
    TreePath path = keptPath(wanted);
    return alone(
        () -> placeInside(visitor -> read(wanted, visitor), wanted.toString(), path, replace));
  }

  /** As {@link #restoreInPlace}, from another node; {@code what} as in {@link #receive}. */
  public Restored receiveInPlace(InputStream in, String what, TreePath path, boolean replace)
      throws IOException {
    return alone(() -> placeInside(visitor -> Parcel.receive(in, visitor), what, path, replace));
  }

  private Restored placeInside(Parcel.Walkable pieces, String what, TreePath path, boolean replace)
      throws IOException {
    if (path.isRoot()) {
      throw new SyncRefused(
          SyncRefused.Code.WOULD_OVERWRITE,
          "the whole dataset cannot be restored in place",
          "restore it to another place, or its parts one by one");
    }
    try (Directory root = dataset.openRoot();
        Directory area = Reserved.ensure(root, Reserved.AREA.bytes())) {
      if (isTaken(root, path) && !replace) {
        throw overwrite(dataset.path() + "/" + path);
      }
      Building building = new Building("restoring", what + "\n" + path);
      building.removeOthers(area);
      Placing placing = new Placing(area, building.name());
      pieces.walk(placing);
      String replaced =
          Holding.quietly(dataset, () -> exchange(root, area, building, path, replace));
      return restored(dataset.path() + "/" + path, replaced, placing);
    }
  }

  private static boolean isTaken(Directory root, TreePath path) throws SystemCallException {
    try (Held parent = Held.open(root, path.parent())) {
      return parent.directory().find(path.name().bytes()).isPresent();
    } catch (SystemCallException absent) {
      if (absent.isMissing()) {
        return false;
      }
      throw absent;
    }
  }

  private String exchange(
      Directory root, Directory area, Building building, TreePath path, boolean replace)
      throws IOException {
    String replaced = "";
    try (Held parent = Held.ensure(root, path.parent());
        Directory undo = Reserved.ensure(area, Reserved.UNDO)) {
      if (parent.directory().find(path.name().bytes()).isPresent()) {
        if (!replace) {
          throw overwrite(dataset.path() + "/" + path);
        }
        replaced = keepAside(parent.directory(), undo, path);
      }
      dataset.effects().before("restore in place");
      area.rename(building.name(), parent.directory(), path.name().bytes());
      parent.directory().sync();
      return replaced;
    }
  }

  private String keepAside(Directory parent, Directory undo, TreePath path) throws IOException {
    int run = dataset.undo().nextRun();
    Entry entry = new Held.Look(parent, path).entry();
    dataset
        .undo()
        .note(
            run,
            "0",
            path,
            entry,
            dataset.clock().wall(),
            dataset.head().generation().map(head -> head.id()).orElse(null));
    dataset.index().commit();
    try (Directory place = Reserved.ensure(undo, UndoArea.label(run))) {
      dataset.effects().before("put aside");
      parent.rename(path.name().bytes(), place, Reserved.ascii("0"));
      place.sync();
    }
    return "kept, see: understudy salvage list " + path;
  }
}
