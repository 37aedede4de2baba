package understudy.sync;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.DatasetConfig;
import understudy.failover.NodeName;
import understudy.failover.Term;
import understudy.linux.Directory;
import understudy.linux.SystemCallException;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.ByteWriter;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Exclusions;
import understudy.sync.plan.Generation;
import understudy.sync.plan.Hash;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.TreeCode;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * One dataset of this node: its tree, its index, its head. One thread at a time scans, pulls or
 * commits; the head may be read by anyone at any time.
 */
final class Dataset implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Dataset.class);
  private static final String HEAD_ROOT = "root";
  private static final String SYNCED = "synced";

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
  private final ReentrantLock restoring = new ReentrantLock();
  private final Index index;
  private final History history;
  private final ForeignWrites foreign;
  private final Deletions deletions;
  private final Marker marker;
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
    this.exclusions = exclusionsOf(config);
    Files.createDirectories(state);
    this.indexFile = state.resolve(config.name() + ".index");
    this.index = Index.open(indexFile, effects);
    boolean isOpen = false;
    try {
      this.deletions = new Deletions(index);
      index.commit();
      this.history = new History(index);
      this.foreign = new ForeignWrites(config.name(), index, history);
      this.marker = new Marker(index, effects);
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

  /** Held during a whole restore, and taken before {@link #lock}. */
  ReentrantLock restoring() {
    return restoring;
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

  /** What somebody else wrote to this standby. */
  ForeignWrites foreign() {
    return foreign;
  }

  Deletions deletions() {
    return deletions;
  }

  /** From now on writes to this tree are the service's own. Held lock. */
  void stopFollowing() throws IOException {
    foreign.rest();
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
    boolean wasFollowing = ForeignWrites.isWatched(index);
    Optional<Generation> before = history.head();
    Generation now = capture(term, isForced, orders, new Scanning(), true);
    if (wasFollowing && before.isPresent() && !before.get().equals(now)) {
      foreign.noteAfter(before.get());
    }
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
        foreign.rest();
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
    } catch (Scanner.TooLarge crowded) {
      index.rollback();
      throw new SyncRefused(
          SyncRefused.Code.INPUT_OUTPUT,
          "dataset '" + name() + "' cannot be synced: " + crowded.getMessage(),
          "keep fewer entries in this one directory: move them into directories of their own,"
              + " or exclude some");
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
      history.recordChanges(scanner.changed(), scanner.hasNotedAll());
    }
    if (isMerged()) {
      deletions.note(scanner.changed());
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
    if (!marker.isOn(root, isForced)) {
      throw missing("the directory lost its marker, as if another file system were there");
    }
  }

  /** What is neither copied nor deleted. */
  static Exclusions exclusionsOf(DatasetConfig config) {
    return new Exclusions(globs(config.selection().exclude()), globs(config.selection().include()));
  }

  private static List<byte[]> globs(List<String> written) {
    return written.stream().map(glob -> glob.getBytes(StandardCharsets.UTF_8)).toList();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public void close() throws IOException {
    watching.close();
    index.close();
  }
}
