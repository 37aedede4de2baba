package understudy.node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import understudy.api.PairViews;
import understudy.api.PairingCalls;
import understudy.pairing.Invite;
import understudy.pairing.PairingDesk;

/** Answers the API's questions about the relationship from the desk. */
public final class PairingOverApi implements PairingCalls {
  private final PairingDesk desk;

  public PairingOverApi(PairingDesk desk) {
    this.desk = desk;
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
  public PairViews.Leave leave(boolean dryRun) {
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
