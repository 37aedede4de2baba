package understudy.sync;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import understudy.linux.Directory;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.ContentHash;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Generation;
import understudy.sync.plan.Hash;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.Name;
import understudy.sync.plan.Tree;
import understudy.sync.plan.TreeCode;
import understudy.sync.plan.TreePath;

/**
 * Makes one tree of two, for content that is only ever added to. What either side has is there. Of
 * two files under one name the longer is taken when it begins with the other; else a follower keeps
 * its own under a second name, which says node and term, and a node that serves keeps its own as it
 * is: its follower sees to the rest. What was deleted on this node does not come back to it. Of two
 * different kinds under one name a follower takes the source's, and its own is kept restorable.
 */
final class Merging {
  private final Dataset dataset;
  private final Index index;
  private final boolean isServing;
  private final Map<TreePath, Entry.File> doubtful = new HashMap<>();
  private final Set<TreePath> beginnings = new HashSet<>();
  private final Set<TreePath> others = new HashSet<>();
  private Set<TreePath> ownChanges = Set.of();
  private boolean isAllOwn;
  private String label = "";

  Merging(Dataset dataset, boolean isServing) {
    this.dataset = dataset;
    this.index = dataset.index();
    this.isServing = isServing;
  }

  /**
   * The offer of what both trees make together; its trees replace the incoming ones in the index.
   *
   * @param changed what this node changed since both had the same; empty: anything, or they never
   *     had
   */
  Offer merge(Offer offer, Entry.Subtree ownRoot, Optional<List<TreePath>> changed, Directory root)
      throws IOException, MalformedException {
    isAllOwn = changed.isEmpty();
    ownChanges = new HashSet<>(changed.orElse(List.of()));
    doubtful.clear();
    Optional<Generation> own = dataset.head().generation();
    label =
        ".from-%s-term-%d"
            .formatted(dataset.self(), own.map(head -> head.term().number()).orElse(0L));
    Entry.Subtree merged = directory(TreePath.ROOT, ownRoot, offer.root(), root);
    Hash hash = TreeCode.rootHash(merged);
    if (hash.equals(offer.generation().root())) {
      return offer;
    }
    List<Hash> parents = new ArrayList<>();
    own.ifPresent(head -> parents.add(head.id()));
    parents.add(offer.generation().id());
    Generation generation =
        new Generation(
            dataset.name(),
            parents,
            offer.generation().term(),
            dataset.self(),
            hash,
            dataset.clock().wall(),
            merged.inside());
    List<Generation> ancestors = new ArrayList<>(offer.ancestors());
    ancestors.add(offer.generation());
    int surplus = Math.max(0, ancestors.size() - Offer.MOST_ANCESTORS);
    return new Offer(
        generation, merged, offer.known(), ancestors.subList(surplus, ancestors.size()));
  }

  private Entry.Subtree directory(
      TreePath path, Entry.Subtree own, Entry.Subtree theirs, Directory root)
      throws IOException, MalformedException {
    if (own.tree().equals(theirs.tree())) {
      return isServing ? own : theirs;
    }
    Map<Name, Entry> all = new TreeMap<>();
    Optional<IndexedTree> mine = index.directory(path);
    for (Entry entry : mine.isPresent() ? mine.get().tree().entries() : List.<Entry>of()) {
      all.put(entry.name(), entry);
    }
    byte[] incoming =
        index
            .incoming(path)
            .orElseThrow(() -> new IOException("the trees of '" + path + "' were not received"));
    List<Entry.File> seconds = new ArrayList<>();
    for (Entry entry : TreeCode.decode(incoming).entries()) {
      TreePath child = path.child(entry.name());
      Entry present = all.get(entry.name());
      if (present == null) {
        added(child, entry).ifPresent(one -> all.put(one.name(), one));
      } else {
        all.put(entry.name(), both(child, present, entry, root, seconds));
      }
    }
    for (Entry.File second : seconds) {
      Name name = unused(second.name(), all);
      all.put(
          name,
          new Entry.File(
              name, second.carried(), second.sizeBytes(), second.content(), Optional.empty()));
    }
    Tree tree = new Tree(List.copyOf(all.values()));
    byte[] encoded = TreeCode.encode(tree);
    index.update("DELETE FROM incoming WHERE path = ?", (Object) path.key());
    index.putIncoming(path, encoded);
    Entry.Subtree carries = isServing ? own : theirs;
    return new Entry.Subtree(
        carries.name(), carries.carried(), TreeCode.hash(encoded), tree.totals());
  }

  private Optional<Entry> added(TreePath path, Entry theirs) throws IOException {
    boolean isWanted = !(theirs instanceof Entry.Withheld) && !dataset.deletions().cover(path);
    return isWanted ? Optional.of(theirs) : Optional.empty();
  }

  private Entry both(
      TreePath path, Entry own, Entry theirs, Directory root, List<Entry.File> seconds)
      throws IOException, MalformedException {
    if (own instanceof Entry.Subtree mine && theirs instanceof Entry.Subtree other) {
      return directory(path, mine, other, root);
    }
    if (own.equals(theirs) || theirs instanceof Entry.Withheld) {
      return own;
    }
    if (own instanceof Entry.File mine && theirs instanceof Entry.File other) {
      return files(path, mine, other, root, seconds);
    }
    return isServing ? own : theirs;
  }

  private Entry files(
      TreePath path, Entry.File own, Entry.File theirs, Directory root, List<Entry.File> seconds)
      throws IOException {
    if (own.content().equals(theirs.content())) {
      return isServing ? own : theirs;
    }
    if (theirs.sizeBytes() < own.sizeBytes()) {
      if (isServing || begins(root, path, theirs)) {
        return own;
      }
      return conflict(path, own, theirs, seconds);
    }
    if (isServing && others.contains(path)) {
      return own;
    }
    if (isServing || isOwn(path)) {
      doubtful.put(path, own);
    }
    return isServing || beginnings.contains(path) ? theirs : conflict(path, own, theirs, seconds);
  }

  private boolean isOwn(TreePath path) {
    return isAllOwn || ownChanges.contains(path);
  }

  /** What this node only has from the source is replaced like in a mirror. */
  private Entry conflict(
      TreePath path, Entry.File own, Entry.File theirs, List<Entry.File> seconds) {
    if (isOwn(path)) {
      seconds.add(own);
    }
    return theirs;
  }

  private Name unused(Name name, Map<Name, Entry> taken) {
    for (int at = 1; ; at++) {
      byte[] end = (label + (at == 1 ? "" : "-" + at)).getBytes(StandardCharsets.UTF_8);
      int kept = Math.min(name.bytes().length, Name.LONGEST_BYTES - end.length);
      byte[] bytes = Arrays.copyOf(name.bytes(), kept + end.length);
      System.arraycopy(end, 0, bytes, kept, end.length);
      Name second = Name.of(bytes);
      if (!taken.containsKey(second)) {
        return second;
      }
    }
  }

  /** The file there begins with that content. */
  private boolean begins(Directory place, TreePath path, Entry.File shorter) throws IOException {
    try (OpenFile file = place.read(path.bytes())) {
      ContentHash hash = new ContentHash(shorter.sizeBytes());
      byte[] buffer = new byte[OpenFile.CHUNK_BYTES];
      long left = shorter.sizeBytes();
      while (left > 0) {
        int read = file.read(buffer, 0, (int) Math.min(buffer.length, left));
        if (read == 0) {
          return false;
        }
        hash.update(buffer, 0, read);
        left -= read;
      }
      return hash.finish().equals(shorter.content());
    } catch (SystemCallException gone) {
      if (gone.isMissing()) {
        return false;
      }
      throw gone;
    }
  }

  /**
   * Looks in the stage which longer files of the other side begin with our own; true when something
   * is known now that was not when the trees were merged.
   */
  boolean learns(Stage stage) throws IOException {
    boolean isNews = false;
    for (Map.Entry<TreePath, Entry.File> one : doubtful.entrySet()) {
      boolean isBeginning = begins(stage.place(), one.getKey(), one.getValue());
      boolean isNew = (isBeginning ? beginnings : others).add(one.getKey());
      // the follower supposed the worse, the serving node the better
      isNews |= isNew && isBeginning != isServing;
    }
    return isNews;
  }
}
