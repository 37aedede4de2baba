package understudy.sync;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.DatasetConfig;
import understudy.failover.NodeName;
import understudy.failover.Term;
import understudy.linux.Directory;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.ByteWriter;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Exclusions;
import understudy.sync.plan.Generation;
import understudy.sync.plan.Hash;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.TreeCode;
import understudy.sync.plan.TreePath;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * One dataset of this node: its tree, its index, its head. One thread at a time scans, pulls or
 * commits; the head may be read by anyone at any time.
 */
final class Dataset implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Dataset.class);
  private static final String HEAD_ROOT = "root";
  private static final String MARKER = "marker";
  private static final String SYNCED = "synced";

  /** This tree follows another node and nobody else should write to it. */
  private static final String FOLLOWING = "following";

  /** Somebody else did; the value: some of the paths. */
  private static final String FOREIGN = "foreign";

  private static final long LOOK_MILLIS = 50;

  private final DatasetConfig config;
  private final Path indexFile;
  private final Exclusions exclusions;
  private final NodeName self;
  private final Clock clock;
  private final Effects effects;
  private final RecentContent recent = new RecentContent();
  private final RateLimit limit;
  private final ReentrantLock lock = new ReentrantLock();
  private final Index index;
  private final History history;
  private final UndoArea undo;
  private final Watching watching;
  private volatile Head head;
  private volatile boolean isPulling;
  private boolean isSuspect = true;

  Dataset(DatasetConfig config, Path state, NodeName self, Clock clock, Effects effects)
      throws IOException {
    this.config = config;
    this.self = self;
    this.clock = clock;
    this.effects = effects;
    this.limit = new RateLimit(config.limit(), clock);
    this.exclusions =
        new Exclusions(
            config.exclude().stream().map(glob -> glob.getBytes(StandardCharsets.UTF_8)).toList());
    Files.createDirectories(state);
    this.indexFile = state.resolve(config.name() + ".index");
    this.index = Index.open(indexFile, effects);
    boolean isOpen = false;
    try {
      index.update("CREATE TABLE IF NOT EXISTS deleted (path BLOB PRIMARY KEY) WITHOUT ROWID");
      index.commit();
      this.history = new History(index);
      this.undo = new UndoArea(config.name(), index, effects);
      this.watching = new Watching(config.name(), config.path(), clock);
      this.head = new Head(config.name(), Optional.empty(), true, false, 0);
      readHead(0);
      isOpen = true;
    } finally {
      if (!isOpen) {
        index.close();
      }
    }
  }

  void readHead(long problems) throws IOException {
    head =
        new Head(
            config.name(),
            history.head(),
            index.fact(Finishing.COMMIT).isEmpty(),
            index.fact(SYNCED).isPresent(),
            problems);
  }

  Head head() {
    return head;
  }

  DatasetConfig config() {
    return config;
  }

  String name() {
    return config.name();
  }

  Path path() {
    return config.path();
  }

  Index index() {
    return index;
  }

  History history() {
    return history;
  }

  UndoArea undo() {
    return undo;
  }

  Exclusions exclusions() {
    return exclusions;
  }

  RecentContent recent() {
    return recent;
  }

  RateLimit limit() {
    return limit;
  }

  Clock clock() {
    return clock;
  }

  Effects effects() {
    return effects;
  }

  ReentrantLock lock() {
    return lock;
  }

  /** The tree may be other than the index says: it is scanned before it is next relied on. */
  void suspect() {
    isSuspect = true;
  }

  boolean isSuspect() {
    return isSuspect;
  }

  /** The tree is what the index says, and this node follows another one. */
  void trust() throws IOException {
    isSuspect = false;
    index.setFact(SYNCED, new byte[] {1});
  }

  /** From now on every write to this tree is somebody else's; as far as it holds the generation. */
  void startFollowing(boolean isExact) throws IOException {
    if (isExact) {
      index.setFact(FOLLOWING, new byte[] {1});
    } else {
      index.removeFact(FOLLOWING);
    }
  }

  /** Nobody but syncs should write to this tree. */
  static boolean isFollowing(Index index) throws IOException {
    return index.fact(FOLLOWING).isPresent();
  }

  /** From now on writes to this tree are the service's own. Held lock. */
  void stopFollowing() throws IOException {
    index.removeFact(FOLLOWING);
    index.removeFact(FOREIGN);
    index.commit();
  }

  /** Refuses when there is no complete generation to be had from here. */
  void checkWhole() throws SyncRefused {
    if (head.generation().isEmpty() || !head.isWhole()) {
      throw new SyncRefused(
          SyncRefused.Code.BUSY,
          "dataset '" + config.name() + "': " + self + " has no complete generation of it",
          "wait until it has caught up with its own source");
    }
  }

  /** Looks at the tree of a follower; what has changed since its last run somebody else wrote. */
  void captureFollower(Term term, boolean isForced, Scanner.Orders orders) throws IOException {
    boolean wasFollowing = index.fact(FOLLOWING).isPresent();
    Optional<Generation> before = history.head();
    Generation now = capture(term, isForced, orders, new Scanning(), true);
    if (wasFollowing && before.isPresent() && !before.get().equals(now)) {
      long place = history.place(before.get().id()).orElse(0L);
      ByteWriter paths = new ByteWriter(1024);
      history.changesAfter(place).stream()
          .limit(SyncRefused.Asked.MOST_PATHS)
          .forEach(path -> paths.shortBytes(path.bytes()));
      index.setFact(FOREIGN, paths.bytes());
      index.commit();
    }
  }

  /** Refuses while what somebody else wrote to this standby is not accepted. */
  void checkForeign(boolean isAccepted) throws IOException {
    Optional<byte[]> foreign = index.fact(FOREIGN);
    if (foreign.isEmpty()) {
      return;
    }
    if (isAccepted) {
      index.removeFact(FOREIGN);
      index.commit();
      return;
    }
    List<String> paths = new ArrayList<>();
    try {
      ByteReader reader = new ByteReader(foreign.get());
      while (reader.hasMore()) {
        paths.add(TreePath.received(reader.shortBytes()).toString());
      }
    } catch (MalformedException damaged) {
      throw new IOException("the sync index is damaged: " + damaged.getMessage(), damaged);
    }
    throw new SyncRefused(
        SyncRefused.Code.FOREIGN_WRITES,
        "dataset '%s': somebody else wrote to this standby: %s"
            .formatted(config.name(), String.join(", ", paths.stream().limit(5).toList())),
        "find out who; then: understudy sync answer "
            + config.name()
            + " --accept (what they wrote is kept in salvage, and the sync goes on)",
        new SyncRefused.Asked(
            0, history.head().map(head -> head.totals().entries()).orElse(0L), paths));
  }

  /** Makes a snapshot of the index for a session. */
  interface Standings<T> {
    T on(Dataset dataset, Index snapshot, Directory root) throws IOException;
  }

  <T> T standing(Standings<T> standings) throws IOException {
    Index snapshot = Index.snapshot(indexFile);
    try {
      return standings.on(this, snapshot, openRoot());
    } catch (IOException failed) {
      snapshot.close();
      throw failed;
    }
  }

  Directory openRoot() throws SyncRefused {
    try {
      return Directory.open(config.path(), effects::beforeCall);
    } catch (SystemCallException absent) {
      throw missing("%s: %s".formatted(config.path(), absent.getMessage()));
    }
  }

  private SyncRefused missing(String reason) {
    return new SyncRefused(
        SyncRefused.Code.SOURCE_MISSING,
        "dataset '" + config.name() + "' on " + self + ": " + reason,
        "mount or restore the data; if it is right as it is: understudy sync answer "
            + config.name()
            + " --accept",
        new SyncRefused.Asked(0, 0, List.of()));
  }

  /**
   * Scans the tree; a new generation when its content is another than the head's. Waits for another
   * scan, but refuses while this node follows somebody: two nodes that follow each other would wait
   * for ever.
   */
  Generation capture(Term term, boolean isForced, Scanner.Orders orders, Scanning scanning)
      throws IOException {
    return capture(term, isForced, orders, scanning, false);
  }

  private Generation capture(
      Term term, boolean isForced, Scanner.Orders orders, Scanning scanning, boolean isFollower)
      throws IOException {
    lockUnlessPulling();
    try (Directory root = openRoot()) {
      if (index.fact(Finishing.COMMIT).isPresent()) {
        throw new SyncRefused(
            SyncRefused.Code.BUSY,
            "dataset '" + config.name() + "' has an unfinished commit",
            "let the standby finish it: see its last sync");
      }
      checkMarker(root, isForced);
      isSuspect = true;
      if (!isFollower) {
        index.removeFact(FOLLOWING);
        index.removeFact(FOREIGN);
      }
      try {
        return scan(root, term, orders, scanning);
      } catch (IndexDamaged damaged) {
        heal(damaged);
        return scan(root, term, orders, scanning);
      }
    } finally {
      lock.unlock();
    }
  }

  private void lockUnlessPulling() throws IOException {
    try {
      while (!lock.tryLock(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        if (isPulling) {
          throw new SyncRefused(
              SyncRefused.Code.BUSY,
              "dataset '" + config.name() + "': " + self + " is following another node itself",
              "ask the active node, or wait until the roles are settled");
        }
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the capture was interrupted");
    }
  }

  /** Takes the lock for a run that follows another node. */
  void startPulling(boolean isFollower) {
    lock.lock();
    isPulling = isFollower; // who only gathers lets followers wait for its end
    watching.rest();
  }

  Watching watching() {
    return watching;
  }

  void endPulling() {
    isPulling = false;
    lock.unlock();
  }

  /** Builds the index again from nothing; its line of generations stays where it is readable. */
  void heal(IndexDamaged damaged) throws IOException {
    try {
      index.removeTrees();
      index.commit();
      LOG.error("dataset {}: {}; its trees are read again", name(), damaged.getMessage());
    } catch (IndexDamaged deeper) {
      index.startOver(deeper);
    }
    suspect();
    readHead(0);
  }

  private Generation scan(Directory root, Term term, Scanner.Orders orders, Scanning scanning)
      throws IOException {
    Optional<Scope> told = isPulling ? Optional.empty() : watching.take();
    Moment begunAt = clock.now();
    boolean isDone = false;
    try {
      Scope scope = told.isPresent() ? told.get() : glance(root, scanning);
      Generation generation = scan(root, term, orders, scope.with(orders), scanning);
      if (told.isEmpty()) {
        watching.scannedAll(begunAt.until(clock.now()));
      }
      watching.again(orders.directories());
      isDone = true;
      return generation;
    } finally {
      if (!isDone) {
        watching.doubt("the last scan failed");
      }
    }
  }

  private Scope glance(Directory root, Scanning scanning) throws IOException {
    long entries = head.generation().map(one -> one.totals().entries()).orElse(0L);
    return new Glance(root, indexFile, exclusions, scanning).run(index, entries);
  }

  private Generation scan(
      Directory root, Term term, Scanner.Orders orders, Scope scope, Scanning scanning)
      throws IOException {
    try {
      return once(root, term, orders, scope, scanning);
    } catch (Scanner.WholeNeeded linked) {
      LOG.debug("dataset {} is scanned as a whole: {}", name(), linked.getMessage());
      return once(root, term, orders, new Scope.Everything(), scanning);
    }
  }

  private Generation once(
      Directory root, Term term, Scanner.Orders orders, Scope scope, Scanning scanning)
      throws IOException {
    Scanner scanner = new Scanner(index, exclusions, clock, recent, orders, scope, scanning);
    try {
      return kept(scanner, scanner.scan(root), term);
    } catch (IOException | RuntimeException | Error failed) {
      index.rollback();
      throw failed;
    }
  }

  private Generation kept(Scanner scanner, Entry.Subtree entry, Term term) throws IOException {
    Hash hash = TreeCode.rootHash(entry);
    Optional<Generation> before = history.head();
    if (before.isPresent() && before.get().root().equals(hash)) {
      setRootEntry(entry); // an index that was built again has none
      index.commit(); // keys may have changed
      return before.get();
    }
    Generation generation =
        new Generation(
            config.name(),
            before.map(one -> List.of(one.id())).orElse(List.of()),
            term,
            self,
            hash,
            clock.wall(),
            entry.inside());
    history.append(generation);
    if (before.isPresent()) {
      history.recordChanges(scanner.changed());
    }
    if (isMerged()) {
      noteDeletions(scanner.changed());
    }
    setRootEntry(entry);
    effects.before("commit capture");
    index.commit();
    readHead(0);
    LOG.debug("dataset {} captured generation {} in term {}", config.name(), generation, term);
    return generation;
  }

  /** Both sides' content is kept. */
  boolean isMerged() {
    return config.keeping().mode() == DatasetConfig.Mode.MERGE;
  }

  /** What was deleted here must not come back from the other side. */
  private void noteDeletions(List<TreePath> changed) throws IOException {
    for (TreePath path : changed) {
      Optional<IndexedTree> parent = index.directory(path.parent());
      boolean isThere =
          parent.isPresent()
              && parent.get().tree().entries().stream()
                  .anyMatch(each -> each.name().equals(path.name()));
      index.update(
          isThere
              ? "DELETE FROM deleted WHERE path = ?"
              : "INSERT OR IGNORE INTO deleted (path) VALUES (?)",
          (Object) path.bytes());
    }
  }

  /** That path, or a directory above it, was deleted on this node and never came again. */
  boolean wasDeletedHere(TreePath path) throws IOException {
    for (TreePath at = path; !at.isRoot(); at = at.parent()) {
      if (index
          .first("SELECT 1 FROM deleted WHERE path = ?", row -> true, (Object) at.bytes())
          .isPresent()) {
        return true;
      }
    }
    return false;
  }

  NodeName self() {
    return self;
  }

  /** Remembers when the operator's consent was made use of. */
  void recordConsent(Instant at) throws IOException {
    LOG.info("dataset {} replaces what this node held of its own, by consent", config.name());
    index.setFact("consented", bytes(at.toString()));
  }

  void setRootEntry(Entry.Subtree entry) throws IOException {
    ByteWriter writer = new ByteWriter(256);
    TreeCode.write(writer, entry);
    index.setFact(HEAD_ROOT, writer.bytes());
  }

  /** The root directory's entry in that index. */
  Entry.Subtree rootEntry(Index from) throws IOException {
    byte[] encoded =
        from.fact(HEAD_ROOT).orElseThrow(() -> new IOException("no generation was captured yet"));
    try {
      if (TreeCode.read(new ByteReader(encoded)) instanceof Entry.Subtree root) {
        return root;
      }
      throw new IOException("the sync index is damaged: its root is no directory");
    } catch (MalformedException damaged) {
      throw new IOException("the sync index is damaged: " + damaged.getMessage(), damaged);
    }
  }

  /** Refuses a root that lost its marker: usually a file system that is not mounted. */
  void checkMarker(Directory root, boolean isForced) throws IOException {
    Optional<byte[]> expected = index.fact(MARKER);
    byte[] marker = expected.orElseGet(() -> bytes(UUID.randomUUID().toString()));
    boolean isThere = root.find(Reserved.AREA.bytes()).isPresent() && isMarked(root, marker);
    if (isThere) {
      return;
    }
    if (expected.isPresent() && !isForced) {
      throw missing("the directory lost its marker, as if another file system were there");
    }
    index.setFact(MARKER, marker);
    effects.before("commit marker");
    index.commit();
    try (Directory area = Reserved.ensure(root, Reserved.AREA.bytes())) {
      effects.before("write marker");
      Reserved.removeAll(area, Reserved.MARKER);
      try (OpenFile file = area.create(Reserved.MARKER, 0600)) {
        file.write(marker, 0, marker.length);
      }
    }
  }

  private static boolean isMarked(Directory root, byte[] marker) throws SystemCallException {
    try (Directory area = root.directory(Reserved.AREA.bytes());
        OpenFile file = area.read(Reserved.MARKER)) {
      byte[] found = new byte[marker.length + 1];
      int read = file.read(found, 0, found.length);
      return HexFormat.of().formatHex(found, 0, read).equals(HexFormat.of().formatHex(marker));
    } catch (SystemCallException absent) {
      if (absent.error() == SystemCallException.NO_ENTRY) {
        return false;
      }
      throw absent;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    watching.close();
    index.close();
  }
}
