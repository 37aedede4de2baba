package understudy.node;

import java.io.IOException;
import java.util.List;
import understudy.api.PairViews;
import understudy.api.PairingCalls;
import understudy.pairing.Invite;
import understudy.pairing.PairingDesk;

/** What the API asks about the relationship, answered by the pairing desk. */
record PairAnswers(PairingDesk desk) implements PairingCalls {
  @Override
  public PairViews.Invitation invite() {
    Invite invite = desk.invite();
    return new PairViews.Invitation(invite.line(), invite.expires());
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
    } catch (IOException full) {
      return new PairViews.Leave(
          "refused", List.of("the member list cannot be written: " + full.getMessage()));
    }
  }
}
