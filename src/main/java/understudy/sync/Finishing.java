package understudy.sync;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.linux.Directory;
import understudy.linux.FileStatus;
import understudy.linux.OpenFile;
import understudy.linux.SystemCallException;
import understudy.sync.plan.Change;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Hash;
import understudy.sync.plan.Metadata;
import understudy.sync.plan.TreePath;

/**
 * Takes a run over the line: writes the commit record, exchanges the trees, verifies, moves the
 * head. Also ends, after a restart, what the last life had begun.
 */
final class Finishing {
  /** The fact that holds the commit record while a commit is under way. */
  static final String COMMIT = "commit";

  private static final int OWNER_ONLY = 0600;
  private static final Logger LOG = LoggerFactory.getLogger(Finishing.class);

  private final Dataset dataset;
  private final Index index;
  private final Effects effects;

  Finishing(Dataset dataset) {
    this.dataset = dataset;
    this.index = dataset.index();
    this.effects = dataset.effects();
  }

  /** Everything is staged: from the end of this call on, the run will be finished. */
  void promise(Directory root, Stage stage, CommitRecord record) throws IOException {
    Instant now = dataset.clock().wall();
    Hash old = dataset.head().generation().map(one -> one.id()).orElse(null);
    Commit.Slots slots = new Commit.Slots();
    List<Saving> saving = new ArrayList<>();
    new Walk(index, record.moves())
        .run(
            record.offer().root(),
            (path, change) -> {
              switch (change) {
                case Change.Remove remove -> note(record, slots, path, remove.old(), now, old);
                case Change.Replace replace when record.patches().containsKey(path) -> {
                  String slot = slots.takeForPatch();
                  saving.add(new Saving(slot, path, replace.old().metadata().orElseThrow()));
                  FilePatch patch = Objects.requireNonNull(record.patches().get(path));
                  dataset.undo().note(record.run(), slot, path, replace.old(), now, old);
                  dataset.undo().notePatch(record.run(), slot, patch);
                }
                case Change.Replace replace -> note(record, slots, path, replace.old(), now, old);
                case Change.Add _ -> noteAbsence(record, slots.take(), path, now, old);
                case Change.Depart depart ->
                    dataset
                        .undo()
                        .noteMove(record.run(), slots.take(), path, depart.to(), now, old);
                case Change.Amend _, Change.Descend _, Change.Arrive _ -> {}
              }
            });
    try (Directory area = root.directory(Reserved.AREA.bytes());
        Directory undo = Reserved.ensure(area, Reserved.UNDO)) {
      effects.before("open undo run");
      Reserved.removeAll(undo, UndoArea.label(record.run())); // of a life that promised nothing
      try (Directory slotsOfRun = Reserved.ensure(undo, UndoArea.label(record.run()))) {
        for (Saving one : saving) {
          save(root, record, slotsOfRun, one);
        }
        if (!saving.isEmpty()) {
          slotsOfRun.sync();
        }
      }
    }
    effects.before("sync stage");
    durability(record).awaitStaged(root, stage);
    index.setFact(COMMIT, record.encode());
    effects.before("commit promise");
    index.commit();
  }

  private Durability durability(CommitRecord record) throws IOException {
    return Durability.of(
        new Walk(index, record.moves()), record.offer().root(), record.patches().keySet());
  }

  /** A slot for the blocks that a patch replaces, and what the old version carried. */
  private record Saving(String slot, TreePath path, Metadata carried) {}

  private void save(Directory root, CommitRecord record, Directory slotsOfRun, Saving saving)
      throws IOException {
    TreePath path = saving.path();
    FilePatch patch = Objects.requireNonNull(record.patches().get(path));
    byte[] name = Reserved.ascii(saving.slot());
    effects.before("save blocks");
    try (OpenFile live = root.read(path.bytes());
        OpenFile saved = slotsOfRun.create(name, OWNER_ONLY)) {
      InPlace.save(patch, live, saved);
      FileStatus status = live.status();
      if (!patch.base().isOf(status) || status.sizeBytes() != patch.oldBytes()) {
        dataset.suspect();
        throw new IOException("'" + path + "' was changed by somebody else during the sync");
      }
      boolean _ = Dress.put(slotsOfRun, name, saved, saving.carried());
      saved.sync();
    }
  }

  private void note(
      CommitRecord record,
      Commit.Slots slots,
      TreePath path,
      Entry old,
      Instant now,
      @Nullable Hash generation)
      throws IOException {
    dataset.undo().note(record.run(), slots.take(), path, old, now, generation);
  }

  /** In the first generation of all, everything is new and nothing is to be said of it. */
  private void noteAbsence(
      CommitRecord record, String slot, TreePath path, Instant now, @Nullable Hash generation)
      throws IOException {
    if (generation != null) {
      dataset.undo().noteAbsence(record.run(), slot, path, now, generation);
    }
  }

  /** Finishes a commit of the last life, if there is one; leaves the tree whole in any case. */
  void recover() throws IOException {
    Optional<byte[]> promised = index.fact(COMMIT);
    if (promised.isEmpty()) {
      return;
    }
    CommitRecord record = CommitRecord.decode(promised.get());
    LOG.warn("dataset {} finishes an interrupted commit", dataset.name());
    try (Directory root = dataset.openRoot();
        Directory area = root.directory(Reserved.AREA.bytes());
        Stage stage = Stage.at(area, record.level(), effects)) {
      finish(root, stage, record);
    }
    dataset.readHead(0);
  }

  /**
   * Exchanges and verifies; answers what is wrong on this node although the generation is complete.
   * When the way forward is blocked the old state is put back and the obstacle is thrown. When the
   * way back is blocked too, the head says so.
   */
  List<String> finish(Directory root, Stage stage, CommitRecord record) throws IOException {
    try {
      return exchange(root, stage, record);
    } catch (IOException | RuntimeException | Error failed) {
      tellHead(failed);
      throw failed;
    }
  }

  private void tellHead(Throwable failed) {
    try {
      index.rollback();
      dataset.readHead(dataset.head().problems());
    } catch (IOException unreadable) {
      failed.addSuppressed(unreadable);
    }
  }

  private List<String> exchange(Directory root, Stage stage, CommitRecord record)
      throws IOException {
    try (Directory undo = root.directory(undoPath(record.run()));
        LivePlace live = new LivePlace(root)) {
      Commit commit = new Commit(index, record, live, stage, undo, effects);
      try {
        commit.forward();
        effects.before("sync tree");
        durability(record).awaitExchanged(root, stage, undo);
        List<String> problems = verify(live, record);
        noteStrangers(commit.strangers(), record, problems);
        moveHead(record);
        return problems;
      } catch (IOException blocked) {
        index.rollback();
        LOG.warn("dataset {} takes a commit back: {}", dataset.name(), blocked.getMessage());
        takeBack(root, live, commit, record, blocked);
        throw blocked;
      }
    }
  }

  /** Only a tree that follows exactly has no writers of its own. */
  private void noteStrangers(List<TreePath> paths, CommitRecord record, List<String> problems)
      throws IOException {
    if (ForeignWrites.isWatched(index)) {
      for (TreePath path : paths) {
        dataset.undo().noteOwn(record.run(), path);
        problems.add(
            "'" + path + "' was changed on this standby by somebody else; see what is kept");
      }
    }
  }

  private static byte[] undoPath(int run) {
    return (Reserved.AREA + "/undo/" + run).getBytes(StandardCharsets.US_ASCII);
  }

  private List<String> verify(LivePlace live, CommitRecord record) throws IOException {
    FileReading reading = new FileReading(dataset.clock(), dataset.recent(), new Scanning());
    return new Verification(index, live, record, dataset.exclusions(), reading).run();
  }

  private void moveHead(CommitRecord record) throws IOException {
    dataset
        .history()
        .follow(record.common(), record.offer().ancestors(), record.offer().generation());
    dataset.setRootEntry(record.offer().root());
    index.removeFact(COMMIT);
    index.update("DELETE FROM incoming");
    dataset.trust();
    dataset
        .foreign()
        .watch(
            !dataset.isMerged()
                && record.shortfalls().isEmpty()
                && record.offer().generation().totals().withheld() == 0);
    effects.before("commit head");
    index.commit();
  }

  /** Blocks that were saved for a patch are in their place again. */
  private static void removeSaved(Directory root, CommitRecord record) throws IOException {
    if (!record.patches().isEmpty()) {
      try (Directory area = root.directory(Reserved.AREA.bytes());
          Directory undo = area.directory(Reserved.UNDO)) {
        Reserved.removeAll(undo, UndoArea.label(record.run()));
      }
    }
  }

  private void takeBack(
      Directory root, LivePlace live, Commit commit, CommitRecord record, IOException blocked)
      throws IOException {
    dataset.suspect();
    try {
      commit.backward(dataset.rootEntry(index));
      effects.before("sync tree");
      root.syncFileSystem();
      dataset.undo().forget(record.run());
      index.removeFact(COMMIT);
      effects.before("commit taking back");
      index.commit();
      removeSaved(root, record);
    } catch (SystemCallException stuck) {
      index.rollback();
      stuck.addSuppressed(blocked);
      throw stuck;
    } finally {
      live.close();
    }
  }
}
