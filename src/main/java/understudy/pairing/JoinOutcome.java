package understudy.pairing;

import java.util.List;
import java.util.Optional;

/** What came of joining. */
public sealed interface JoinOutcome {

  /** A member now. */
  record Joined(String inviter, String cluster, List<Check> checks, List<String> plan)
      implements JoinOutcome {}

  /** All checks passed and nothing was changed, because it was a rehearsal. */
  record Rehearsed(List<Check> checks, List<String> plan) implements JoinOutcome {}

  /** A check failed; nothing was changed on either side. */
  record Unfit(List<Check> checks, List<String> plan) implements JoinOutcome {}

  /** Refused before the checks; nothing was changed on either side. */
  record Refused(String code, String message, Optional<String> fix) implements JoinOutcome {}

  /** The inviter was not reached; nothing was changed. */
  record NotReached(String message) implements JoinOutcome {}

  /** Broke off at the last step: this side has stored everything, the other may not have. */
  record Unsure(String message) implements JoinOutcome {}
}
