package understudy.api;

import java.util.Optional;

/** What the API asks about data; answered by the daemon. Safe from any thread. */
public interface DataCalls {

  /** It cannot be answered as asked. */
  final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final String fix;

    public Refused(String code, String message, String fix) {
      super(message);
      this.code = code;
      this.fix = fix;
    }

    public String code() {
      return code;
    }

    public String fix() {
      return fix;
    }
  }

  /** Looks here and, unless asked not to, at the other nodes; waits for them some seconds. */
  DataViews.Answer ask(DataQuestion question) throws Refused;

  /** Takes an action; returns at once with a running operation, or one that is refused. */
  Views.Operation act(DataAction action, String by, Optional<String> idempotencyKey);
}
