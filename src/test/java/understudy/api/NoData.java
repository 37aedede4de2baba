package understudy.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A node of which nothing was kept; it notes what it is asked to do. */
public final class NoData implements DataCalls {
  @Override
  public DataViews.Answer ask(DataQuestion question) throws Refused {
    if ("none".equals(question.dataset())) {
      throw new Refused("not-understood", "there is no dataset 'none'", "look at status");
    }
    return DataViews.Answer.EMPTY.without("beta");
  }

  @Override
  public Views.Operation act(DataAction action, String by, Optional<String> idempotencyKey) {
    return Views.Operation.plain(
        "op1",
        String.valueOf(action.kind()),
        "done",
        List.of(),
        null,
        action.dataset() + " by " + by,
        null,
        Instant.EPOCH,
        Instant.EPOCH);
  }
}
