package understudy.simulator;

/** A story that cannot be read, or that did not go as its script expects. */
public final class ScenarioException extends Exception {
  private static final long serialVersionUID = 1L;

  ScenarioException(String message) {
    super(message);
  }

  ScenarioException(String message, Throwable cause) {
    super(message, cause);
  }
}
