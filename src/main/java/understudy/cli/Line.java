package understudy.cli;

import java.util.Map;
import java.util.Optional;

/** A way to the API of a daemon: one request, one answer; blocks, with a limit of its own. */
interface Line {

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
