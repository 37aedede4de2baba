package understudy.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import understudy.api.PairViews;
import understudy.api.PairingCalls;
import understudy.failover.NodeName;
import understudy.pairing.Invite;
import understudy.pairing.PairingDesk;

/** Answers the API's questions about the relationship from the desk. */
public final class PairingOverApi implements PairingCalls {
  private final PairingDesk desk;
  private final Guard guard;

  /** What speaks against making the cluster smaller; empty: nothing. */
  interface Guard {
    default Optional<Objection> againstRemoving(NodeName name) {
      return Optional.empty();
    }

    default Optional<Objection> againstLeaving() {
      return Optional.empty();
    }
  }

  /** Why not, and what to do. */
  record Objection(String why, String fix) {}

  public PairingOverApi(PairingDesk desk) {
    this(desk, new Guard() {});
  }

  PairingOverApi(PairingDesk desk, Guard guard) {
    this.desk = desk;
    this.guard = guard;
  }

  @Override
  public PairViews.Leave remove(String node, boolean dryRun) throws NotPossible {
    try {
      NodeName name = new NodeName(node);
      heed(guard.againstRemoving(name));
      if (dryRun) {
        return new PairViews.Leave(
            "planned",
            List.of(
                "the identity of "
                    + name
                    + " is revoked on every member: its certificate is refused",
                "its data stays there; it serves nothing by itself any more"));
      }
      PairingDesk.Left left = desk.remove(name);
      return new PairViews.Leave(left.allTold() ? "done" : "done with problems", left.steps());
    } catch (IllegalArgumentException unfit) {
      throw new NotPossible(String.valueOf(unfit.getMessage()), "see: understudy status", unfit);
    } catch (IOException unwritable) {
      throw new UncheckedIOException("the member list cannot be written", unwritable);
    }
  }

  private static void heed(Optional<Objection> objection) throws NotPossible {
    if (objection.isPresent()) {
      throw new NotPossible(
          objection.get().why(),
          objection.get().fix(),
          new IllegalArgumentException(objection.get().why()));
    }
  }

  @Override
  public PairViews.Invitation invite() throws NotPossible {
    try {
      Invite invite = desk.invite();
      return new PairViews.Invitation(invite.line(), invite.expires());
    } catch (IllegalArgumentException noAddress) {
      throw new NotPossible(
          String.valueOf(noAddress.getMessage()),
          "correct node.yaml and restart the daemon",
          noAddress);
    }
  }

  @Override
  public List<PairViews.Reach> test() {
    return desk.test().stream()
        .map(
            row ->
                new PairViews.Reach(row.from(), row.to(), row.at(), row.outcome(), row.sentence()))
        .toList();
  }

  @Override
  public PairViews.Leave leave(boolean dryRun) throws NotPossible {
    heed(guard.againstLeaving());
    if (dryRun) {
      return new PairViews.Leave("planned", desk.whatLeavingMeans());
    }
    try {
      PairingDesk.Left left = desk.leave();
      return new PairViews.Leave(left.allTold() ? "done" : "done with problems", left.steps());
    } catch (IOException unwritable) {
      throw new UncheckedIOException("the member list cannot be written", unwritable);
    }
  }
}
