package understudy.sync;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import understudy.sync.plan.Entry;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.Name;
import understudy.sync.plan.Tree;
import understudy.sync.plan.TreeCode;
import understudy.sync.plan.TreeCursor;
import understudy.sync.plan.TreePath;

/**
 * Fetches the directories in which the source's tree differs, level by level and many at a time.
 * Each one is believed only when its hash and its totals are what its parent said.
 */
final class TreeFetch {
  private static final int BATCH = 512;

  private final Index index;
  private final Peer peer;
  private final ArrayDeque<Wanted> queue = new ArrayDeque<>();

  private record Wanted(TreePath path, Entry.Subtree entry) {}

  TreeFetch(Index index, Peer peer) {
    this.index = index;
    this.peer = peer;
  }

  void run(Entry.Subtree root, Entry.Subtree ownRoot) throws IOException, MalformedException {
    index.update("DELETE FROM incoming");
    if (!root.tree().equals(ownRoot.tree())) {
      queue.add(new Wanted(TreePath.ROOT, root));
    }
    while (!queue.isEmpty()) {
      List<Wanted> batch = new ArrayList<>();
      while (!queue.isEmpty() && batch.size() < BATCH) {
        batch.add(queue.remove());
      }
      peer.want(Channel.Kind.WANT_TREES, batch.stream().map(Wanted::path).toList());
      for (Wanted wanted : batch) {
        take(wanted);
      }
    }
  }

  private void take(Wanted wanted) throws IOException, MalformedException {
    Channel.Frame frame = peer.next();
    if (frame.kind() != Channel.Kind.TREE) {
      throw Peer.unexpected(frame);
    }
    byte[] encoded = frame.payload().bytes();
    if (!TreeCode.hash(encoded).equals(wanted.entry().tree())) {
      throw new MalformedException("directory '" + wanted.path() + "' has not the hash it should");
    }
    checkRoom(wanted.path(), encoded);
    Map<Name, Entry> own = ownDirectories(wanted.path());
    Tree tree = TreeCode.decode(encoded);
    checkTotals(wanted, tree);
    check(wanted.path(), tree);
    index.putIncoming(wanted.path(), encoded);
    for (Entry entry : tree.entries()) {
      if (entry instanceof Entry.Subtree subtree
          && !(own.get(subtree.name()) instanceof Entry.Subtree before
              && before.tree().equals(subtree.tree()))) {
        queue.add(new Wanted(wanted.path().child(subtree.name()), subtree));
      }
    }
  }

  /**
   * Counted before it takes memory: a source with more of it may offer more than this node holds.
   */
  private static void checkRoom(TreePath path, byte[] encoded)
      throws SyncRefused, MalformedException {
    int most = Crowd.mostEntries();
    int entries = 0;
    TreeCursor cursor = new TreeCursor(encoded);
    while (cursor.next()) {
      entries++;
    }
    if (entries > most) {
      throw new SyncRefused(
          SyncRefused.Code.INPUT_OUTPUT,
          "directory '%s' of the source is too large for this node: %s"
              .formatted(path, Crowd.beyond(most)),
          "give both nodes the same heap, or keep fewer entries in this one directory");
    }
  }

  private static void checkTotals(Wanted wanted, Tree tree) throws MalformedException {
    try {
      if (tree.totals().equals(wanted.entry().inside())) {
        return;
      }
    } catch (ArithmeticException overflow) {
      throw new MalformedException("the totals of '" + wanted.path() + "' are beyond counting");
    }
    throw new MalformedException("the totals of '" + wanted.path() + "' do not add up");
  }

  private static void check(TreePath path, Tree tree) throws MalformedException {
    if (path.depth() > Scanner.DEEPEST || path.bytes().length > TreePath.LONGEST_BYTES) {
      throw new MalformedException("'" + path + "' is deeper than sync takes");
    }
    if (path.isRoot() && tree.entries().stream().anyMatch(e -> e.name().equals(Reserved.AREA))) {
      throw new MalformedException("the source offers the reserved directory");
    }
  }

  private Map<Name, Entry> ownDirectories(TreePath path) throws IOException, MalformedException {
    Map<Name, Entry> directories = new HashMap<>();
    Optional<byte[]> encoded = index.encoded(path);
    TreeCursor cursor = new TreeCursor(encoded.orElse(new byte[0]));
    while (cursor.next()) {
      if (cursor.kind() == TreeCursor.Kind.SUBTREE) {
        Entry directory = cursor.entry();
        directories.put(directory.name(), directory);
      }
    }
    return directories;
  }
}
