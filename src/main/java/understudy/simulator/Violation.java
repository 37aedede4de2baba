package understudy.simulator;

/** A promise was broken: the world that shows it ends here. */
final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String promise;

  Violation(String promise, String what) {
    super(promise + ": " + what);
    this.promise = promise;
  }

  String promise() {
    return promise;
  }
}
