package understudy.node;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import understudy.api.DataAction;
import understudy.api.DataQuestion;
import understudy.sync.Restored;
import understudy.sync.Salvage;
import understudy.sync.SyncEngine;
import understudy.sync.SyncRefused;
import understudy.sync.Wanted;
import understudy.sync.plan.TreePath;
import understudy.wire.Member;
import understudy.wire.PeerConnection;

/** Brings back what was kept, here or by another node. */
final class Restoring {
  private static final int MOST_KEPT = 1000;

  private final SyncEngine engine;
  private final PeerCalls calls;
  private final SalvageStreams streams;

  Restoring(SyncEngine engine, PeerCalls calls, SalvageStreams streams) {
    this.engine = engine;
    this.calls = calls;
    this.streams = streams;
  }

  /**
   * Blocks until it is there.
   *
   * @param holder the other node that keeps it; empty: this one does
   */
  Restored restore(DataAction action, String dataset, Wanted wanted, Optional<Member> holder)
      throws IOException {
    return holder.isEmpty() ? here(action, dataset, wanted) : there(action, dataset, holder.get());
  }

  private Restored here(DataAction action, String dataset, Wanted wanted) throws IOException {
    Salvage salvage = engine.salvage(dataset);
    boolean replace = DataAction.isTrue(action.replace());
    return action.to() == null
        ? salvage.restoreInPlace(wanted, replace)
        : salvage.restore(wanted, absolute(action.to()), replace);
  }

  private static Path absolute(String text) throws SyncRefused {
    Path path = Path.of(text);
    if (!path.isAbsolute()) {
      throw Salvage.relative(text);
    }
    return path;
  }

  private Restored there(DataAction action, String dataset, Member peer) throws IOException {
    Salvage salvage = engine.salvage(dataset);
    boolean replace = DataAction.isTrue(action.replace());
    DataAction wanted =
        new DataAction(
            DataAction.Kind.RESTORE,
            dataset,
            action.item(),
            action.path(),
            action.at(),
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    try (PeerConnection connection = streams.open(peer, wanted)) {
      String what = "%s %s %s %s".formatted(peer.name(), action.item(), action.path(), action.at());
      return action.to() == null
          ? salvage.receiveInPlace(connection.in(), what, where(action, dataset, peer), replace)
          : salvage.receive(connection.in(), what, absolute(action.to()), replace);
    }
  }

  /** Where a piece of another node was. */
  private TreePath where(DataAction action, String dataset, Member peer) throws IOException {
    if (action.path() != null) {
      return WrittenPath.parse(action.path());
    }
    var question =
        new DataQuestion(
            DataQuestion.Topic.KEPT,
            dataset,
            null,
            null,
            action.item(),
            null,
            null,
            MOST_KEPT,
            true);
    return calls.ask(peer, question).kept().stream()
        .filter(kept -> kept.item().equals(action.item()))
        .map(kept -> WrittenPath.parse(kept.path()))
        .findFirst()
        .orElseThrow(() -> new IOException(peer.name() + " keeps nothing as " + action.item()));
  }
}
