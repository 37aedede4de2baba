package understudy.cli;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** A way to the API of a daemon: one request, one answer; blocks, with a limit of its own. */
interface Line {
  /** A daemon answers from memory, and waits at most two seconds for its disk and each peer. */
  Duration PATIENCE = Duration.ofSeconds(10);

  /** For one that calls every other node, on every address, and some of them may be gone. */
  Duration PATIENCE_FOR_PAIRING = Duration.ofSeconds(30);

  /** How long an answer may take. */
  static Duration patience(String target) {
    return target.startsWith("/api/v1/pair/") ? PATIENCE_FOR_PAIRING : PATIENCE;
  }

  /**
   * Sends one request. May be called again; a repeated change is a second change.
   *
   * @param body JSON; empty: none
   * @throws Failure when nobody answered in time, saying where and what to do
   */
  Answer exchange(String method, String target, Optional<String> body) throws Failure;

  /** Sends one request whose body is YAML, with headers of its own. */
  Answer send(String method, String target, String yaml, Map<String, String> headers)
      throws Failure;

  /** What came back. */
  record Answer(int status, String body) {
    boolean isGood() {
      return status >= 200 && status < 300;
    }
  }
}
