package understudy.sync;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongConsumer;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Blocks;
import understudy.sync.plan.ContentHash;
import understudy.sync.plan.Entry;
import understudy.sync.plan.TreePath;

/**
 * Brings a large file of which this node has something: an older version, or what a cut run left.
 * Only the blocks that differ are asked for and staged. Where these are few and the file system
 * cannot share blocks, the rest stays where it is and the file is patched in place when the run is
 * committed; else the rest is copied beside them. The blocks this node has are known from their
 * last reading as long as the file's local key is the same, else read again.
 */
final class BlockFetch {
  private static final int OWNER_ONLY = 0600;
  private static final int LIKELY = 4;

  /** A file of which more than one part of so many changes is written anew. */
  private static final int PATCHED_AT_MOST = 2;

  /** So many blocks are patched in one run; their hashes stand in its commit record. */
  private static final int MOST_PATCHED_BLOCKS = 128 << 10;

  private final Peer peer;
  private final Dataset dataset;
  private final Stage stage;
  private final Directory root;
  private final Map<TreePath, FilePatch> patches;
  private int patchedBlocks;

  /**
   * @param patches gets the files that are to be patched in place
   */
  BlockFetch(
      Peer peer, Dataset dataset, Stage stage, Directory root, Map<TreePath, FilePatch> patches) {
    this.peer = peer;
    this.dataset = dataset;
    this.stage = stage;
    this.root = root;
    this.patches = patches;
  }

  /** Large enough, and likely to have something in common. */
  static boolean isWorth(Entry.File old, Entry.File fresh) {
    return isLarge(fresh) && old.sizeBytes() >= fresh.sizeBytes() / LIKELY;
  }

  private static boolean isLarge(Entry.File fresh) {
    return fresh.sizeBytes() >= BlockReading.WORTH_BYTES
        && Blocks.count(fresh.sizeBytes()) <= Source.MOST_PREFIX_BYTES / Blocks.PREFIX_BYTES;
  }

  /** What this node has of a file. */
  private record Base(OpenFile file, FileStatus status, Blocks blocks) {}

  /** Empty when this node's own file is not what it was, or the source no longer has its own. */
  Optional<StageWriter.Landed> fetch(
      TreePath path, Entry.File old, Entry.File fresh, LongConsumer received) throws IOException {
    try (OpenFile file = root.read(path.bytes())) {
      FileStatus status = file.status();
      long common = Math.min(status.sizeBytes(), fresh.sizeBytes());
      if (status.type() != FileStatus.Type.FILE || common < BlockReading.WORTH_BYTES) {
        return Optional.empty();
      }
      Optional<Blocks> blocks = blocks(path, old, fresh, file, status);
      return blocks.isEmpty()
          ? Optional.empty()
          : Optional.of(
              made(path, fresh, Optional.of(new Base(file, status, blocks.get())), received));
    } catch (SystemCallException absent) {
      if (absent.isMissing() || absent.isNotPermitted()) {
        return Optional.empty();
      }
      throw absent;
    }
  }

  /** Goes on with what a cut run left of a new file; empty when it left nothing. */
  Optional<StageWriter.Landed> resume(TreePath path, Entry.File fresh, LongConsumer received)
      throws IOException {
    return isLarge(fresh) && stage.hasPart(path)
        ? Optional.of(made(path, fresh, Optional.empty(), received))
        : Optional.empty();
  }

  private Optional<Blocks> blocks(
      TreePath path, Entry.File old, Entry.File fresh, OpenFile base, FileStatus status)
      throws IOException {
    boolean isSameSize = ContentHash.blockBytes(status.sizeBytes()) == blockBytes(fresh);
    Optional<Blocks> known = dataset.recent().blocks(old.content());
    if (isSameSize && known.isPresent() && isUntouched(path, old, status)) {
      return known;
    }
    return isSameSize
        ? BlockReading.read(base, status.sizeBytes(), Optional.empty(), new Scanning())
        : Optional.empty();
  }

  private static int blockBytes(Entry.File file) {
    return ContentHash.blockBytes(file.sizeBytes());
  }

  private boolean isUntouched(TreePath path, Entry.File old, FileStatus status) throws IOException {
    Optional<IndexedTree> parent = dataset.index().directory(path.parent());
    List<Entry> entries = parent.isPresent() ? parent.get().tree().entries() : List.of();
    for (int at = 0; at < entries.size(); at++) {
      if (entries.get(at).equals(old)) {
        LocalKey key = parent.get().keys().get(at);
        return key.isSettled() && key.isOf(status) && status.sizeBytes() == old.sizeBytes();
      }
    }
    return false;
  }

  private StageWriter.Landed made(
      TreePath path, Entry.File fresh, Optional<Base> base, LongConsumer received)
      throws IOException {
    byte[] name = path.name().bytes();
    boolean isResumed = stage.takePart(path);
    Directory parent = stage.parent(path);
    dataset.effects().before("stage file");
    try (OpenFile to = isResumed ? parent.change(name) : parent.create(name, OWNER_ONLY)) {
      BlockWork work = new BlockWork(peer, to, fresh, base.map(Base::blocks), received);
      boolean isCloned = !isResumed && base.isPresent() && to.isCloneOf(base.get().file());
      if (isResumed) {
        work.takeStaged();
      } else if (isCloned) {
        work.haveCloned();
      }
      if (work.isRight(path)) {
        return landed(path, fresh, base, to, work, isCloned);
      }
      work.skip();
    }
    parent.unlink(name);
    return StageWriter.Landed.WRONG;
  }

  private StageWriter.Landed landed(
      TreePath path,
      Entry.File fresh,
      Optional<Base> base,
      OpenFile to,
      BlockWork work,
      boolean isCloned)
      throws IOException {
    Optional<FilePatch> patch = isCloned ? Optional.empty() : patch(path, fresh, base, work);
    long inode = to.status().inode();
    if (patch.isPresent()) {
      patches.put(path, patch.get());
      patchedBlocks += patch.get().fresh().cardinality();
      inode = base.orElseThrow().status().inode();
    } else if (base.isPresent()) {
      work.fill(base.get().file());
    }
    dataset.recent().keep(inode, fresh.content(), work.outcome());
    boolean held = Dress.put(stage.parent(path), path.name().bytes(), to, fresh.carried());
    return held && Dress.fits(to.status(), fresh)
        ? StageWriter.Landed.COMPLETE
        : StageWriter.Landed.SHORT_OF_METADATA;
  }

  /** Empty when the file is better, or can only be, written anew. */
  private Optional<FilePatch> patch(
      TreePath path, Entry.File fresh, Optional<Base> base, BlockWork work) throws IOException {
    if (base.isEmpty() || dataset.isMerged() || base.get().status().links() > 1) {
      return Optional.empty();
    }
    Blocks old = base.get().blocks();
    int fewEnough = Math.min(MOST_PATCHED_BLOCKS - patchedBlocks, fewBlocks(fresh));
    if (work.staged().cardinality() > fewEnough) {
      return Optional.empty();
    }
    FilePatch patch =
        new FilePatch(
            LocalKey.of(base.get().status(), true),
            old.sizeBytes(),
            old.content(),
            fresh.sizeBytes(),
            work.staged(),
            work.stagedHashes());
    return patch.replaced().cardinality() <= fewBlocks(fresh) && isChangeable(path)
        ? Optional.of(patch)
        : Optional.empty();
  }

  private static int fewBlocks(Entry.File fresh) {
    return Blocks.count(fresh.sizeBytes()) / PATCHED_AT_MOST;
  }

  /** Not when it is write-protected from this user, immutable, or a program that runs. */
  private boolean isChangeable(TreePath path) {
    try (OpenFile _ = root.change(path.bytes())) {
      return true;
    } catch (SystemCallException refused) {
      return false; // whatever the reason: it can be replaced instead
    }
  }

  /** What is staged of that file is only what changes in it. */
  boolean isPatch(TreePath path) {
    return patches.containsKey(path);
  }

  /**
   * Makes a staged patch a whole file after all, because another name is to be given to it; false
   * when it is none.
   */
  static boolean isMadeWhole(
      TreePath path, Map<TreePath, FilePatch> patches, Stage stage, Directory root)
      throws IOException {
    FilePatch patch = patches.remove(path);
    if (patch == null) {
      return false;
    }
    try (OpenFile own = root.read(path.bytes());
        OpenFile to = stage.place().change(path.bytes())) {
      FileStatus before = to.status();
      BlockWork.fill(own, to, patch.fresh(), patch.blockBytes(), patch.freshBytes());
      to.setModified(before.mtimeSeconds(), before.mtimeNanos());
    }
    return true;
  }
}
