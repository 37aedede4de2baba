package understudy.sync;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import understudy.linux.Directory;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Change;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Hash;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.TreePath;

/**
 * Builds everything that is to come in the stage: what an interrupted run left, what this node has
 * elsewhere, and the rest from the source, in requests of many files that are under way while
 * earlier answers are written.
 */
final class ContentFetch implements Walk.Visitor, AutoCloseable {
  /** Paths of one request: with {@link #WINDOW} of them the kernel's socket buffers never fill. */
  private static final int BATCH_BYTES = 16 << 10;

  private static final int BATCH_FILES = 512;

  /** Less than this is staged by the thread that reads the connection: others cost more. */
  private static final long WORTH_A_CREW_BYTES = 1 << 20;

  private static final long WORTH_A_CREW_FILES = 256;
  private static final int WINDOW = 3;
  private static final int MOST_REMEMBERED = 20_000;
  private static final long WORTH_COPYING_BYTES = 64 << 10;

  private final Peer peer;
  private final Stage stage;
  private final Directory root;
  private final Plan plan;
  private final StageWriter own;
  private final BlockFetch blocks;
  private final MovedFiles moved;
  private final Optional<Crew> crew;
  private final Set<TreePath> shortfalls;
  private final BiConsumer<Long, Long> fetched;
  private final Map<Hash, TreePath> staged = new HashMap<>();
  private final ArrayDeque<List<Wanted>> underWay = new ArrayDeque<>();
  private final Set<TreePath> failed = new LinkedHashSet<>();
  private List<Wanted> batch = new ArrayList<>();
  private int batchBytes;
  private long files;
  private long bytes;
  private long received;

  private record Wanted(TreePath path, Entry.File file) {}

  ContentFetch(
      Peer peer,
      Stage stage,
      Directory root,
      Plan plan,
      RecentContent recent,
      Effects effects,
      BlockFetch blocks,
      MovedFiles moved,
      Set<TreePath> shortfalls,
      BiConsumer<Long, Long> fetched) {
    this.blocks = blocks;
    this.moved = moved;
    this.peer = peer;
    this.stage = stage;
    this.root = root;
    this.plan = plan;
    this.own = new StageWriter(stage.place(), recent, effects);
    boolean isLarge = plan.bytes() >= WORTH_A_CREW_BYTES || plan.files() >= WORTH_A_CREW_FILES;
    this.crew = isLarge ? Optional.of(new Crew(stage.place(), recent, effects)) : Optional.empty();
    this.shortfalls = shortfalls;
    this.fetched = fetched;
  }

  /** Files whose content was not what was offered, or not to be had. */
  synchronized Set<TreePath> failed() {
    return failed;
  }

  synchronized long files() {
    return files;
  }

  synchronized long bytes() {
    return bytes;
  }

  @Override
  public void change(TreePath path, Change change) throws IOException {
    switch (change) {
      case Change.Add add -> stage(path, add.fresh());
      case Change.Replace(_, Entry.File old, Entry.File fresh)
          when fresh.linkedTo().isEmpty() && BlockFetch.isWorth(old, fresh) ->
          changed(path, old, fresh);
      case Change.Replace replace -> stage(path, replace.fresh());
      case Change.Remove _, Change.Amend _, Change.Descend _, Change.Depart _, Change.Arrive _ -> {}
    }
  }

  @Override
  public void inside(TreePath path, Entry fresh) throws IOException {
    stage(path, fresh);
  }

  private void stage(TreePath path, Entry fresh) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("the sync was interrupted");
    }
    switch (fresh) {
      case Entry.File file when file.linkedTo().isEmpty() -> file(path, file);
      case Entry.File _, Entry.Withheld _ -> {} // links come when all files are there
      case Entry.Subtree subtree -> stage.create(path, subtree); // dressed when it is full
      case Entry.Symlink symlink -> {
        stage.create(path, symlink);
        dress(path, symlink);
      }
      case Entry.Special special -> special(path, special);
    }
  }

  private void special(TreePath path, Entry.Special special) throws IOException {
    try {
      stage.create(path, special);
      dress(path, special);
    } catch (SystemCallException refused) {
      if (refused.error() != SystemCallException.NOT_PERMITTED) {
        throw refused;
      }
      shortfall(path); // only root may create device nodes
    }
  }

  /** Asks for a file's content unless this node has it. */
  void file(TreePath path, Entry.File file) throws IOException {
    if (file.sizeBytes() == 0) {
      land(path, file, new byte[0]);
      return;
    }
    Optional<Plan.Leaving> leaving = plan.leaving(file.content());
    // a second name would be one of the file that a patch is about to change
    boolean isLeft = leaving.isPresent() && !blocks.isPatch(leaving.get().path());
    if (isLeft && moved.isLinked(leaving.get(), path, file)) {
      finished(path, file, StageWriter.Landed.COMPLETE);
      return;
    }
    if ((stage.hasOlder() && stage.take(path, file)) || copied(path, file)) {
      taken(path, file);
      return;
    }
    if (stage.hasOlder() && isResumed(path, file)) {
      return;
    }
    batch.add(new Wanted(path, file));
    batchBytes += path.bytes().length + 2;
    if (batchBytes >= BATCH_BYTES || batch.size() >= BATCH_FILES) {
      send();
    }
  }

  /** A large file that has changed: only its new blocks are asked for, where that is possible. */
  private void changed(TreePath path, Entry.File old, Entry.File fresh) throws IOException {
    if (stage.hasOlder() && stage.take(path, fresh)) {
      taken(path, fresh);
      return;
    }
    drain();
    Optional<StageWriter.Landed> landed = blocks.fetch(path, old, fresh, this::tell);
    if (landed.isPresent() && landed.get() != StageWriter.Landed.WRONG) {
      finished(path, fresh, landed.get());
    } else {
      file(path, fresh);
    }
  }

  /** Of a large new file only what a cut run did not bring is asked for. */
  private boolean isResumed(TreePath path, Entry.File file) throws IOException {
    if (file.sizeBytes() < BlockReading.WORTH_BYTES || !stage.hasPart(path)) {
      return false;
    }
    drain();
    Optional<StageWriter.Landed> landed = blocks.resume(path, file, this::tell);
    if (landed.isEmpty() || landed.get() == StageWriter.Landed.WRONG) {
      return false;
    }
    finished(path, file, landed.get());
    return true;
  }

  private void taken(TreePath path, Entry.File file) throws IOException {
    boolean held = isDressed(path, file);
    finished(path, file, held ? StageWriter.Landed.COMPLETE : StageWriter.Landed.SHORT_OF_METADATA);
  }

  private boolean copied(TreePath path, Entry.File file) throws IOException {
    Optional<Plan.Leaving> leaving = plan.leaving(file.content());
    if (leaving.isPresent()) {
      return copied(root, leaving.get().path(), path, file);
    }
    TreePath twin = twin(file.content());
    return twin != null && copied(stage.place(), twin, path, file);
  }

  private synchronized @Nullable TreePath twin(Hash content) {
    return staged.get(content);
  }

  private boolean copied(Directory place, TreePath from, TreePath path, Entry.File file)
      throws IOException {
    try (OpenFile open = place.read(from.bytes())) {
      return stage.copy(open, path, file);
    } catch (SystemCallException absent) {
      if (absent.isFull()) {
        throw absent;
      }
      return false; // somebody changed it: the source has it
    }
  }

  private void send() throws IOException {
    while (underWay.size() >= WINDOW) {
      receive(underWay.remove());
    }
    peer.want(Channel.Kind.WANT_FILES, batch.stream().map(Wanted::path).toList());
    underWay.add(batch);
    batch = new ArrayList<>();
    batchBytes = 0;
  }

  /** Sends what is left to ask and waits for all answers. */
  void drain() throws IOException {
    if (!batch.isEmpty()) {
      send();
    }
    while (!underWay.isEmpty()) {
      receive(underWay.remove());
    }
    if (crew.isPresent()) {
      crew.get().await();
    }
    tell(0);
  }

  private void receive(List<Wanted> wanted) throws IOException {
    for (Wanted one : wanted) {
      receive(one.path(), one.file());
    }
  }

  private void receive(TreePath path, Entry.File file) throws IOException {
    Answer answer = new Answer(file.sizeBytes());
    Optional<byte[]> first = answer.next();
    if (answer.isOver()) {
      land(path, file, first.orElse(new byte[0]));
      return;
    }
    StageWriter.Parts parts = beginning(first, answer);
    if (crew.isEmpty()) {
      finished(path, file, own.receive(path, file, parts));
      answer.skip();
      return;
    }
    Delivery delivery = new Delivery(crew.get(), peer::giveBack);
    crew.get()
        .give(
            writer -> {
              StageWriter.Landed landed = writer.receive(path, file, delivery);
              delivery.end();
              finished(path, file, landed);
            },
            0);
    Optional<byte[]> part = parts.next();
    while (part.isPresent()) {
      delivery.put(part);
      part = parts.next();
    }
    delivery.put(part);
  }

  private static StageWriter.Parts beginning(Optional<byte[]> first, StageWriter.Parts rest) {
    boolean[] isBegun = new boolean[1];
    return () -> {
      if (isBegun[0]) {
        return rest.next();
      }
      isBegun[0] = true;
      return first;
    };
  }

  /** Has a file whose content is here written. */
  private void land(TreePath path, Entry.File file, byte[] whole) throws IOException {
    if (crew.isEmpty()) {
      finished(path, file, own.receive(path, file, StageWriter.Parts.of(whole)));
    } else {
      crew.get()
          .give(
              writer ->
                  finished(path, file, writer.receive(path, file, StageWriter.Parts.of(whole))),
              whole.length);
    }
  }

  /** One file's frames. */
  private final class Answer implements StageWriter.Parts {
    private final long limitBytes;
    private long gotBytes;
    private boolean isOver;

    Answer(long limitBytes) {
      this.limitBytes = limitBytes;
    }

    boolean isOver() {
      return isOver;
    }

    @Override
    public Optional<byte[]> next() throws IOException {
      if (isOver) {
        return Optional.empty();
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedIOException("the sync was interrupted");
      }
      Channel.Frame frame = peer.next();
      switch (frame.kind()) {
        case PART -> isOver = false;
        case LAST_PART -> isOver = true;
        case UNAVAILABLE -> {
          isOver = true;
          return Optional.empty();
        }
        case HELLO,
            OFFER,
            REFUSED,
            WORKING,
            AWAIT,
            LOOK_AGAIN,
            WANT_TREES,
            TREE,
            WANT_FILES,
            WANT_BLOCKS,
            BLOCK,
            LAST_BLOCK ->
            throw new IOException("the source sent " + frame.kind() + " instead of content");
      }
      gotBytes += frame.payload().length();
      if (gotBytes > limitBytes) {
        throw new IOException("the source sends more of a file than it offered");
      }
      tell(frame.payload().length());
      return Optional.of(frame.payload().bytes());
    }

    void skip() throws IOException {
      Optional<byte[]> unwanted = next();
      while (unwanted.isPresent()) {
        unwanted = next();
      }
    }
  }

  /** Only the thread that runs the pull tells how far it is. */
  private void tell(long more) {
    received += more;
    fetched.accept(files(), received);
  }

  private synchronized void finished(TreePath path, Entry.File file, StageWriter.Landed landed)
      throws IOException {
    switch (landed) {
      case WRONG -> {
        failed.add(path);
        return;
      }
      case SHORT_OF_METADATA -> shortfall(path);
      case COMPLETE -> {}
    }
    files++;
    bytes += file.sizeBytes();
    boolean isWhole = !blocks.isPatch(path);
    if (isWhole && file.sizeBytes() >= WORTH_COPYING_BYTES && staged.size() < MOST_REMEMBERED) {
      staged.putIfAbsent(file.content(), path);
    }
  }

  private void dress(TreePath path, Entry entry) throws IOException {
    if (!isDressed(path, entry)) {
      shortfall(path);
    }
  }

  private boolean isDressed(TreePath path, Entry entry) throws IOException {
    Directory parent = stage.parent(path);
    byte[] name = path.name().bytes();
    boolean held =
        Dress.put(parent, name, entry.metadata().orElseThrow(), entry instanceof Entry.Symlink);
    return held && Dress.fits(parent.status(name), entry);
  }

  private synchronized void shortfall(TreePath path) throws IOException {
    shortfalls.add(path);
    if (shortfalls.size() > CommitRecord.MOST_SHORTFALLS) {
      throw new IOException(
          "this node cannot hold what more than "
              + CommitRecord.MOST_SHORTFALLS
              + " files carry, first '"
              + shortfalls.iterator().next()
              + "': run it as root, on a file system with the same features");
    }
  }

  /** Returns when nobody writes to the stage any more. */
  @Override
  public void close() {
    crew.ifPresent(Crew::close);
    own.close();
    moved.close();
  }

  /** As a peer's nonsense, which ends the run. */
  static IOException untrusted(MalformedException nonsense) {
    return new SyncRefused(
        SyncRefused.Code.UNTRUSTED_PEER,
        "the source sent nonsense: " + nonsense.getMessage(),
        "run the same version on both nodes; if they are, report this");
  }
}
