package understudy.sync;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import understudy.linux.Directory;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Blocks;
import understudy.sync.plan.ContentHash;
import understudy.sync.plan.TreePath;

/**
 * An earlier version of a file that was patched in place: the blocks that were saved then, and for
 * all others what the next version had, up to the first that lies somewhere as a whole. It is
 * handed over only when its hash says that it is that version: what is not a sync may have written
 * to the whole one, as a service does on a node that has taken over.
 */
record PatchedContent(Directory root, UndoArea undo, UndoArea.Row row) implements PastWalk.Content {
  private static final int MOST_LAYERS = 1000;

  private record Layer(OpenFile saved, BitSet blocks) {}

  @Override
  public void read(PastWalk.Parts parts) throws IOException {
    List<Layer> layers = new ArrayList<>();
    FilePatch patch = patch(row);
    try (OpenFile whole = open(layers)) {
      ContentHash hash = new ContentHash(patch.oldBytes());
      each(patch, layers, whole, (bytes, length) -> hash.update(bytes, 0, length));
      if (!hash.finish().equals(patch.oldContent())) {
        throw gone("something that is no sync has written to the file since");
      }
      each(patch, layers, whole, parts);
    } finally {
      layers.forEach(layer -> layer.saved().close());
    }
  }

  private static void each(
      FilePatch patch, List<Layer> layers, OpenFile whole, PastWalk.Parts parts)
      throws IOException {
    byte[] buffer = new byte[patch.blockBytes()];
    for (int block = 0; block < Blocks.count(patch.oldBytes()); block++) {
      long start = (long) block * patch.blockBytes();
      int length = (int) Math.min(patch.blockBytes(), patch.oldBytes() - start);
      if (!BlockReading.isFilled(source(block, layers, whole), start, buffer, length)) {
        return; // shorter than it was: the hash tells
      }
      parts.take(buffer, length);
    }
  }

  private static OpenFile source(int block, List<Layer> layers, OpenFile whole) {
    for (Layer layer : layers) {
      if (layer.blocks().get(block)) {
        return layer.saved();
      }
    }
    return whole;
  }

  /** Opens all that the version lies in; the saved blocks from the oldest to the newest. */
  private OpenFile open(List<Layer> layers) throws IOException {
    TreePath path = row.undone().path();
    UndoArea.Row at = row;
    try {
      while (layers.size() < MOST_LAYERS) {
        layers.add(new Layer(root.read(at.placeBelowRoot()), patch(at).replaced()));
        Optional<UndoArea.Row> next = undo.next(at, path);
        while (next.isPresent() && next.get().isMove()) {
          path = path.moved(next.get().undone().path(), undo.target(next.get()));
          next = undo.next(next.get(), path);
        }
        if (next.isEmpty()) {
          return root.read(path.bytes());
        }
        at = next.get();
        if (at.isAbsence()) {
          throw gone("the file was removed since by something that is no sync");
        }
        if (!at.isPatch()) {
          return root.read(PastWalk.below(at, path));
        }
      }
    } catch (SystemCallException absent) {
      if (!absent.isMissing()) {
        throw absent;
      }
      throw gone("what it shares with a later version is not there: " + absent.getMessage());
    }
    throw gone("it lies in more than " + MOST_LAYERS + " parts");
  }

  private FilePatch patch(UndoArea.Row of) throws IOException {
    return undo.patch(of).orElseThrow(() -> gone("the sync index has lost what belongs to it"));
  }

  private SyncRefused gone(String reason) {
    return new SyncRefused(
        SyncRefused.Code.NOTHING_KEPT,
        "this version of '" + row.undone().path() + "' can no longer be put together: " + reason,
        "see other versions, also on the other node: understudy salvage list "
            + row.undone().path());
  }
}
