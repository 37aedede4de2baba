package understudy.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.DataAction;
import understudy.api.Views.Operation;
import understudy.failover.NodeName;
import understudy.failover.State;
import understudy.linux.PromptStart;
import understudy.store.Journal;
import understudy.sync.Eagerness;
import understudy.sync.Restored;
import understudy.sync.SyncEngine;
import understudy.sync.SyncRefused;
import understudy.sync.Wanted;
import understudy.time.Clock;
import understudy.wire.Member;
import understudy.wire.Members;

/** Does with data what operators ask, or hands it to the node whose business it is. */
final class DataDeeds {
  private static final Logger LOG = LoggerFactory.getLogger(DataDeeds.class);

  private final NodeName self;
  private final SyncDriver sync;
  private final Actions actions;
  private final Operations operations;
  private final PeerCalls calls;
  private final Restoring restoring;
  private final OwnPlaces own;
  private final Members members;
  private final Verifying verifying;
  private final Loop loop;
  private final Journal journal;
  private final Clock clock;

  DataDeeds(
      NodeName self,
      SyncEngine engine,
      SyncDriver sync,
      Actions actions,
      Operations operations,
      PeerCalls calls,
      SalvageStreams streams,
      OwnPlaces own,
      Members members,
      Verifying verifying,
      Loop loop,
      Journal journal,
      Clock clock) {
    this.self = self;
    this.sync = sync;
    this.actions = actions;
    this.operations = operations;
    this.calls = calls;
    this.restoring = new Restoring(engine, calls, streams);
    this.own = own;
    this.members = members;
    this.verifying = verifying;
    this.loop = loop;
    this.journal = journal;
    this.clock = clock;
    sync.questions().onQuestion(this::note);
  }

  /** The question in the history, once. */
  private void note(SyncQuestions.Question question) {
    decide("SYNC_ASKS", question.sentence(), question.asked().paths().stream().limit(20).toList());
  }

  void decide(String rule, String sentence, List<String> evidence) {
    State state = loop.state();
    journal.append(
        new Journal.Decision(
            0,
            clock.wall(),
            self.value(),
            state.durable().term().number(),
            state.role().word(),
            state.role().word(),
            rule,
            sentence,
            evidence));
  }

  Operation act(DataAction action, String by, Optional<String> key, boolean isForwarded) {
    Optional<Operation> before = key.flatMap(operations::begunWith);
    if (before.isPresent()) {
      return before.get();
    }
    Optional<Member> forwarded =
        key.flatMap(operations::forwardedWith).map(Operations.Forward::to).flatMap(members::named);
    if (forwarded.isPresent()) { // whoever holds the role by now
      return forward(forwarded.get(), action, by, key);
    }
    DataAction.Kind kind = action.kind();
    if (kind == null) {
      throw new IllegalArgumentException("an action has a kind");
    }
    try {
      return switch (kind) {
        case RESTORE -> restore(action, by, key, isForwarded);
        case ANSWER -> answer(action, by, key, isForwarded);
        case VERIFY -> verifying.begin(action, by, key, isForwarded, this);
        case LIMIT ->
            new Limiting(sync, operations, calls, members).set(action, by, key, isForwarded);
      };
    } catch (IllegalArgumentException wrong) {
      return refuse(kind, key, "not-understood", String.valueOf(wrong.getMessage()), "");
    }
  }

  private Operation refuse(
      DataAction.Kind kind, Optional<String> key, String code, String why, String fix) {
    long operation = operations.begin(kind.word(), key);
    return operations.end(operation, "refused", code, why, fix.isEmpty() ? null : fix);
  }

  Operation forward(Member peer, DataAction action, String by, Optional<String> key) {
    key.ifPresent(it -> operations.forward(it, peer.name(), Optional.empty()));
    try {
      return calls
          .act(peer, action, by, key)
          .map(there -> Forwarded.from(peer, there))
          .orElseThrow(() -> new IOException(peer.name() + " did not take it"));
    } catch (IOException unreachable) {
      long operation = operations.begin("forward", Optional.empty());
      return operations.end(
          operation,
          "failed",
          "peer-unreachable",
          "this is for " + peer.name() + " to do: " + unreachable.getMessage(),
          "look at: understudy pair test");
    }
  }

  private String dataset(DataAction action) {
    if (action.dataset() == null && sync.datasets().size() == 1) {
      return sync.datasets().getFirst();
    }
    if (action.dataset() == null || !sync.datasets().contains(action.dataset())) {
      throw new IllegalArgumentException(
          "there is no dataset '"
              + action.dataset()
              + "'; the datasets are: "
              + String.join(", ", sync.datasets()));
    }
    return action.dataset();
  }

  private Operation restore(
      DataAction action, String by, Optional<String> key, boolean isForwarded) {
    String dataset = dataset(action);
    Wanted wanted = DataLook.wanted(action.item(), action.path(), action.at());
    boolean inPlace = action.to() == null;
    if (inPlace && !actions.holdsMandate()) {
      Optional<Member> active = actions.heard(true);
      if (active.isEmpty() || isForwarded) {
        return refuse(
            DataAction.Kind.RESTORE,
            key,
            "not-active",
            "in place means on the active node, and none is heard",
            "restore to another place with --to");
      }
      return forward(active.get(), action, by, key);
    }
    if (action.to() != null) {
      Optional<Path> touched = touched(action.to());
      if (touched.isPresent()) {
        return refuse(
            DataAction.Kind.RESTORE,
            key,
            "not-there",
            action.to() + " touches " + touched.get() + ", which is for understudy itself",
            "restore to another place");
      }
    }
    NodeName holder = holder(action);
    if (!holder.equals(self) && members.named(holder).isEmpty()) {
      throw new IllegalArgumentException(holder + " is no member of this cluster");
    }
    if (DataAction.isTrue(action.dryRun())) {
      long operation = operations.begin("restore", key);
      return operations.end(
          operation, "done", null, "would restore from " + holder + " " + target(action), null);
    }
    long operation = operations.begin("restore", key);
    PromptStart.start(
        Thread.ofPlatform().daemon().name("restores"),
        () -> restore(action, dataset, wanted, holder, operation, by));
    return operations.numbered(operation);
  }

  private Optional<Path> touched(String to) {
    try {
      return own.touchedBy(Path.of(to));
    } catch (IOException unreadable) {
      throw new IllegalArgumentException(to + " cannot be looked at: " + unreadable, unreadable);
    }
  }

  private static String target(DataAction action) {
    return action.to() == null ? "in place" : "to " + action.to();
  }

  /**
   * Whose past is meant: where the piece lies; else a standby's, which has kept what it replaced.
   */
  private NodeName holder(DataAction action) {
    if (action.item() != null) {
      return action.item().contains(":")
          ? KeptItem.parse(action.item()).node()
          : new NodeName(action.item());
    }
    return actions.holdsMandate() ? actions.heard(false).map(Member::name).orElse(self) : self;
  }

  private void restore(
      DataAction action,
      String dataset,
      Wanted wanted,
      NodeName holder,
      long operation,
      String by) {
    try {
      Restored restored = restoring.restore(action, dataset, wanted, members.named(holder));
      String sentence =
          "restored %s: %d entries, %d files, %d bytes%s"
              .formatted(
                  restored.target(),
                  restored.entries(),
                  restored.files(),
                  restored.bytes(),
                  restored.replaced().isEmpty() ? "" : "; what was there: " + restored.replaced());
      operations.end(operation, "done", null, sentence, null);
      decide("RESTORED", dataset + ": " + sentence, List.of("by " + by, "from " + holder));
    } catch (SyncRefused refused) {
      operations.end(
          operation,
          "refused",
          DataDesk.word(refused),
          String.valueOf(refused.getMessage()),
          refused.fix());
    } catch (IOException failed) {
      LOG.warn("a restore of {} failed: {}", dataset, failed.getMessage());
      operations.end(
          operation,
          "failed",
          "input-output",
          String.valueOf(failed.getMessage()),
          "run it again: what is restored already is not copied twice");
    } catch (RuntimeException bug) {
      LOG.error("a restore broke: this is a bug", bug);
      operations.end(operation, "failed", "bug", String.valueOf(bug.getMessage()), null);
    }
  }

  private Operation answer(
      DataAction action, String by, Optional<String> key, boolean isForwarded) {
    String dataset = dataset(action);
    if (action.accept() == null) {
      throw new IllegalArgumentException("say whether the sync may go on: accept true or false");
    }
    boolean accept = action.accept();
    Optional<SyncQuestions.Question> question = sync.questions().about(dataset);
    if (question.isEmpty()) {
      Optional<Member> standby = actions.heard(false);
      boolean mayForward = !isForwarded && actions.holdsMandate();
      if (mayForward && standby.isPresent()) {
        return forward(standby.get(), action, by, key);
      }
      return refuse(
          DataAction.Kind.ANSWER,
          key,
          "nothing-asked",
          "sync of "
              + dataset
              + " asks nothing"
              + (mayForward ? " here, and no standby is heard" : ""),
          mayForward ? "on the standby, or here when it is heard: understudy sync answer" : "");
    }
    long operation = operations.begin("answer", key);
    if (DataAction.isTrue(action.dryRun())) {
      return operations.end(operation, "done", null, question.get().sentence(), null);
    }
    sync.answer(dataset, accept);
    decide(
        accept ? "SYNC_ACCEPTED" : "SYNC_REFUSED",
        "sync of " + dataset + ": a person said " + (accept ? "yes" : "no"),
        List.of("by " + by, question.get().reason()));
    if (!accept) {
      return operations.end(operation, "done", null, "the sync of " + dataset + " holds", null);
    }
    if (sync.follower(dataset).source().isEmpty()) {
      String later =
          "the sync of " + dataset + " goes on when there is an active node to copy from";
      return operations.end(operation, "done", null, later, null);
    }
    actions.sync().copy(List.of(dataset), Eagerness.THOROUGH, operation);
    return operations.numbered(operation);
  }
}
