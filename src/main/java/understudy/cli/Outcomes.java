package understudy.cli;

import understudy.api.Views;

/** From what the API says to an exit code. */
final class Outcomes {
  private static final String PEER_UNREACHABLE = "peer-unreachable";
  private static final String REFUSED = "refused";

  private Outcomes() {}

  /** An HTTP problem: 400 and 422 are our words, 409 and 412 a safety check. */
  static ExitCode of(Views.Problem problem) {
    if (problem.code().equals(PEER_UNREACHABLE)) {
      return ExitCode.PEER_UNREACHABLE;
    }
    return switch (problem.status()) {
      case 400, 422 -> ExitCode.USAGE;
      case 409, 412, 428 -> ExitCode.REFUSED;
      default -> ExitCode.FAILED;
    };
  }

  /** An operation that has ended or goes on. */
  static ExitCode of(Views.Operation operation) {
    if (PEER_UNREACHABLE.equals(operation.code())) {
      return ExitCode.PEER_UNREACHABLE;
    }
    return switch (operation.state()) {
      case "done", "running" -> ExitCode.DONE;
      case REFUSED -> ExitCode.REFUSED;
      default -> ExitCode.FAILED;
    };
  }
}
