package understudy.sync;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import understudy.failover.Term;
import understudy.linux.Directory;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Generation;
import understudy.sync.plan.Hash;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.Moves;
import understudy.sync.plan.Relation;
import understudy.sync.plan.TreeCode;
import understudy.sync.plan.TreePath;

/** One run of a follower, from the question to the moved head. One use, by one thread. */
final class Pull {
  /** How often a file that is not what was offered makes the source look again. */
  private static final int ROUNDS = 4;

  /** From this round on, files that keep changing are left out. */
  private static final int WITHHOLD_FROM = 2;

  private final Dataset dataset;
  private final PullOptions options;
  private final Consumer<SyncProgress> progress;
  private final Eagerness eagerness;
  private final Instant start;
  private final Room room;
  private final Set<TreePath> shortfalls = new HashSet<>();
  private final Map<TreePath, FilePatch> patches = new HashMap<>();
  private Moves moves = Moves.NONE;
  private long files;
  private long bytes;
  private long removed;
  private @Nullable Peer peer;

  Pull(Dataset dataset, PullOptions options, Consumer<SyncProgress> progress, Eagerness eagerness) {
    this.dataset = dataset;
    this.options = options;
    this.progress = progress;
    this.eagerness = eagerness;
    this.start = dataset.clock().wall();
    this.room = new Room(dataset, options.keep());
  }

  private SyncResult.Run run() {
    return new SyncResult.Run(
        dataset.name(), start, dataset.clock().wall(), files, bytes, removed, movedBytes());
  }

  private long movedBytes() {
    return peer == null ? 0 : peer.movedBytes();
  }

  SyncResult failed(SyncRefused.Code code, String reason, String fix) {
    return new SyncResult.Failed(run(), code, reason, fix, Optional.empty());
  }

  SyncResult failed(SyncRefused refused) {
    return new SyncResult.Failed(
        run(),
        refused.code(),
        String.valueOf(refused.getMessage()),
        refused.fix(),
        refused.asked());
  }

  /** Runs over a stream that the caller opened and closes; the dataset's lock is held. */
  SyncResult over(SyncStream stream) throws IOException {
    Peer fresh = new Peer(stream, dataset.limit(), dataset.clock());
    peer = fresh;
    try (Directory root = prepare()) {
      recover(root);
      dataset.checkMarker(root, options.isForced());
      if (dataset.isSuspect() || dataset.isMerged()) {
        lookAtOwn(); // into a merged dataset both sides may write
      }
      dataset.foreign().check(options.acceptsForeign());
      awaitNews(fresh);
      SyncResult result = follow(fresh, root);
      if (dataset.isSuspect()) { // somebody wrote to this standby: once more, with a look at it
        lookAtOwn();
        dataset.foreign().check(options.acceptsForeign());
        result = follow(fresh, root);
      }
      return result;
    } catch (MalformedException nonsense) {
      throw ContentFetch.untrusted(nonsense);
    } catch (IOException | RuntimeException failed) {
      dataset.index().rollback();
      throw failed;
    }
  }

  private void awaitNews(Peer peer) throws IOException, MalformedException {
    boolean isOver = false;
    while (!isOver && eagerness.mayWait()) {
      isOver = peer.hasNews(dataset.name());
    }
    if (eagerness.isThorough()) {
      peer.lookAgain(dataset.name());
    }
    tell(SyncProgress.LOOKING, 0, 0, 0, 0);
  }

  private Directory prepare() throws IOException {
    if (dataset.head().generation().isEmpty()) {
      Files.createDirectories(dataset.path());
    }
    return dataset.openRoot();
  }

  private void lookAtOwn() throws IOException {
    Term term = dataset.head().generation().map(Generation::term).orElse(Term.NONE);
    tell("comparing", 0, 0, 0, 0);
    dataset.captureFollower(term, options.isForced(), Scanner.Orders.NONE);
  }

  private void tell(String phase, long seen, long read, long seenTotal, long readTotal) {
    progress.accept(new SyncProgress(dataset.name(), phase, seen, read, seenTotal, readTotal));
  }

  private SyncResult follow(Peer peer, Directory root) throws IOException, MalformedException {
    Set<TreePath> reread = Set.of();
    Set<TreePath> withhold = new LinkedHashSet<>();
    Merging merging = new Merging(dataset, options.gathers());
    for (int round = 0; ; round++) {
      List<Hash> line = dataset.history().sample();
      Hello hello =
          new Hello(dataset.name(), line, options.isForced(), reread, Set.copyOf(withhold));
      Offer offer = peer.hello(hello, (seen, read) -> tell(SyncProgress.LOOKING, seen, read, 0, 0));
      Standing standing = standing(offer, line);
      if (standing.relation() == Relation.SAME) {
        return unchanged(offer);
      }
      if (standing.relation() == Relation.AHEAD && options.neverBack()) {
        return new SyncResult.Unchanged(run(), dataset.head().generation().orElseThrow());
      }
      Set<TreePath> failed;
      try (Directory area = root.directory(Reserved.AREA.bytes());
          Stage stage = Stage.next(area, dataset.effects())) {
        offer = fetchTrees(peer, offer, standing, merging, root);
        if (offer.generation().root().equals(ownRootHash())) {
          dataset.index().rollback();
          return unchanged(offer); // nothing that the other side has besides
        }
        Plan plan = plan(offer, standing);
        room.check(root, area, stage, plan);
        failed = stage(peer, offer, stage, root, plan);
        if (failed.isEmpty() && merging.learns(stage)) {
          dataset.index().rollback();
          continue; // with what is staged already
        }
        if (failed.isEmpty()) {
          return commit(root, area, stage, offer, standing, plan);
        }
        dataset.index().rollback();
      }
      if (round + 1 == ROUNDS || failed.size() > Hello.MOST_PATHS) {
        throw new SyncRefused(
            SyncRefused.Code.INPUT_OUTPUT,
            failed.size() + " files cannot be fetched, first '" + failed.iterator().next() + "'",
            "look at the source's disk and log; the next run tries again");
      }
      reread = failed;
      if (round + 1 >= WITHHOLD_FROM) {
        withhold.addAll(failed);
      }
    }
  }

  /**
   * How this node stands to the source, and from which place of its own line the source goes on.
   */
  private record Standing(Relation relation, long common) {}

  private Standing standing(Offer offer, List<Hash> line) throws IOException, MalformedException {
    if (!offer.generation().dataset().equals(dataset.name())) {
      throw new MalformedException("it offers another dataset");
    }
    if (offer.known().isPresent() && offer.known().get() >= line.size()) {
      throw new MalformedException("it knows a generation that was not named");
    }
    Hash offered = offer.generation().id();
    Optional<Long> ahead = dataset.history().place(offered);
    if (!line.isEmpty() && line.getFirst().equals(offered)) {
      return new Standing(Relation.SAME, ahead.orElse(0L));
    }
    if (ahead.isPresent()) {
      return new Standing(Relation.AHEAD, ahead.get() - 1);
    }
    if (offer.known().isEmpty()) {
      return new Standing(Relation.UNKNOWN, 0);
    }
    int known = offer.known().get();
    long place = dataset.history().place(line.get(known)).orElse(0L);
    return new Standing(known == 0 ? Relation.BEHIND : Relation.DIVERGED, place);
  }

  private SyncResult unchanged(Offer offer) throws IOException {
    dataset.trust();
    dataset.index().commit();
    List<String> problems = withheld(offer);
    dataset.readHead(problems.size());
    return problems.isEmpty()
        ? new SyncResult.Unchanged(run(), offer.generation())
        : problems(offer, Optional.empty(), problems);
  }

  private SyncResult problems(
      Offer offer, Optional<SyncResult.Divergence> diverged, List<String> problems) {
    int most = Math.min(problems.size(), SyncResult.DoneWithProblems.MOST_PROBLEMS);
    return new SyncResult.DoneWithProblems(
        run(),
        offer.generation(),
        diverged,
        List.copyOf(problems.subList(0, most)),
        problems.size());
  }

  /** One sentence per entry that the generation does not cover. */
  private List<String> withheld(Offer offer) throws IOException {
    List<String> problems = new ArrayList<>();
    collectWithheld(TreePath.ROOT, offer.root(), problems);
    return problems;
  }

  private void collectWithheld(TreePath path, Entry.Subtree directory, List<String> problems)
      throws IOException {
    if (directory.inside().withheld() == 0) {
      return;
    }
    Optional<IndexedTree> row = dataset.index().directory(path);
    if (row.isEmpty()) {
      throw new IOException("the sync index lacks directory '" + path + "'");
    }
    for (Entry entry : row.get().tree().entries()) {
      TreePath child = path.child(entry.name());
      if (entry instanceof Entry.Withheld withheld) {
        problems.add("'" + child + "' " + withheld.reason().words() + " at the source");
      } else if (entry instanceof Entry.Subtree subtree) {
        collectWithheld(child, subtree, problems);
      }
    }
  }

  private Hash ownRootHash() throws IOException {
    return dataset.isMerged() ? TreeCode.rootHash(dataset.rootEntry(dataset.index())) : NO_ROOT;
  }

  private static final Hash NO_ROOT = Hash.over(new byte[0]);

  /** The source's trees where they differ; in merge mode what both sides' trees make together. */
  private Offer fetchTrees(
      Peer peer, Offer offer, Standing standing, Merging merging, Directory root)
      throws IOException, MalformedException {
    tell("comparing", 0, 0, 0, 0);
    Entry.Subtree ownRoot = dataset.rootEntry(dataset.index());
    new TreeFetch(dataset.index(), peer).run(offer.root(), ownRoot);
    return dataset.isMerged() ? merging.merge(offer, ownRoot, ownChanges(standing), root) : offer;
  }

  private Optional<List<TreePath>> ownChanges(Standing standing) throws IOException {
    return standing.relation() == Relation.UNKNOWN
        ? Optional.empty()
        : dataset.history().changesAfter(ownPlace(standing));
  }

  private Plan plan(Offer offer, Standing standing) throws IOException {
    Index index = dataset.index();
    Entry.Subtree ownRoot = dataset.rootEntry(index);
    Optional<List<TreePath>> ownChanges = ownChanges(standing);
    boolean isMirror = !dataset.isMerged();
    moves =
        isMirror && standing.relation() == Relation.BEHIND
            ? MovedDirectories.in(index, offer.root())
            : Moves.NONE;
    Plan plan = new Plan(index, ownChanges);
    new Walk(index, moves).run(offer.root(), plan);
    if (isMirror && standing.relation() == Relation.UNKNOWN && plan.divergence().isPresent()) {
      checkConsent(plan);
    }
    if (isMirror && standing.relation() != Relation.UNKNOWN) {
      Optional<String> refusal =
          options.brake().refusal(ownRoot.inside(), offer.root().inside(), plan.removed());
      if (refusal.isPresent()) {
        throw new SyncRefused(
            SyncRefused.Code.TOO_MUCH_DELETED,
            "dataset '" + dataset.name() + "': " + refusal.get(),
            "look at the source; if it is right: understudy sync answer "
                + dataset.name()
                + " --accept (what goes stays restorable)",
            new SyncRefused.Asked(plan.removed(), ownRoot.inside().entries(), plan.removedPaths()));
      }
    }
    removed = plan.removed();
    return plan;
  }

  private static long ownPlace(Standing standing) {
    return standing.relation() == Relation.AHEAD ? standing.common() + 1 : standing.common();
  }

  private void checkConsent(Plan plan) throws IOException {
    if (!options.hasConsent()) {
      throw new SyncRefused(
          SyncRefused.Code.TARGET_NOT_EMPTY,
          "%s holds data of its own: %d entries would be replaced or removed"
              .formatted(dataset.path(), plan.divergence().orElseThrow().count()),
          "if that is right: understudy sync answer "
              + dataset.name()
              + " --accept (what is replaced stays restorable); else empty or move the directory",
          new SyncRefused.Asked(
              plan.removed(),
              plan.divergence().orElseThrow().count(),
              plan.divergence().orElseThrow().paths().stream()
                  .limit(SyncRefused.Asked.MOST_PATHS)
                  .toList()));
    }
    dataset.recordConsent(start);
  }

  private Set<TreePath> stage(Peer peer, Offer offer, Stage stage, Directory root, Plan plan)
      throws IOException {
    shortfalls.clear();
    patches.clear();
    Walk walk = new Walk(dataset.index(), moves);
    try (ContentFetch contents =
        new ContentFetch(
            peer,
            stage,
            root,
            plan,
            dataset.recent(),
            dataset.effects(),
            new BlockFetch(peer, dataset, stage, root, patches),
            new MovedFiles(dataset.index(), stage, root, dataset.effects()),
            shortfalls,
            (fetched, moved) -> tell("fetching", fetched, moved, plan.files(), plan.bytes()))) {
      walk.run(offer.root(), contents);
      contents.drain();
      walk.run(
          offer.root(),
          new LinkPass(dataset.index(), stage, root, contents, patches, dataset.effects()));
      contents.drain();
      if (contents.failed().isEmpty()) {
        walk.run(offer.root(), new LinkPass.Closing(stage, shortfalls, dataset.effects()));
      }
      files += contents.files();
      bytes += contents.bytes();
      return contents.failed();
    } catch (SystemCallException refused) {
      if (!refused.isFull()) {
        throw refused;
      }
      stage.drop(); // what is staged must not keep the disk full
      throw room.refusal(String.valueOf(refused.getMessage()));
    }
  }

  private SyncResult commit(
      Directory root, Directory area, Stage stage, Offer offer, Standing standing, Plan plan)
      throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("the sync was interrupted");
    }
    tell("committing", files, bytes, plan.files(), plan.bytes());
    CommitRecord record =
        new CommitRecord(
            offer,
            standing.common(),
            stage.level(),
            dataset.undo().nextRun(),
            shortfalls,
            patches,
            moves);
    for (TreePath own : plan.ownPaths()) {
      dataset.undo().noteOwn(record.run(), own);
    }
    List<String> disturbed = exchange(root, area, stage, record);
    if (!disturbed.isEmpty()) {
      dataset.suspect();
    }
    stage.drop();
    dataset.undo().removeIfUnused(area, record.run());
    room.prune(area, 0);
    List<String> problems = new ArrayList<>(withheld(offer));
    shortfalls.stream()
        .sorted()
        .forEach(path -> problems.add("'" + path + "' carries what this node cannot hold"));
    problems.addAll(disturbed);
    dataset.readHead(problems.size());
    return problems.isEmpty()
        ? new SyncResult.Done(run(), offer.generation(), plan.divergence())
        : problems(offer, plan.divergence(), problems);
  }

  private List<String> exchange(Directory root, Directory area, Stage stage, CommitRecord record)
      throws IOException {
    Finishing finishing = new Finishing(dataset);
    boolean isPromised = false;
    try {
      finishing.promise(root, stage, record);
      isPromised = true;
      return finishing.finish(root, stage, record);
    } catch (SystemCallException refused) {
      if (!refused.isFull()) {
        throw refused;
      }
      throw room.afterFull(area, stage, record, isPromised, refused);
    }
  }

  /** Ends what an earlier run began; what is kept gives way to that too. */
  private void recover(Directory root) throws IOException {
    try {
      new Finishing(dataset).recover();
    } catch (SystemCallException refused) {
      if (!refused.isFull()) {
        throw refused;
      }
      try (Directory area = root.directory(Reserved.AREA.bytes())) {
        room.prune(area, 0);
      }
      throw room.refusal(String.valueOf(refused.getMessage()));
    }
  }
}
