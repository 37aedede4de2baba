package understudy.simulator;

/** A promise was broken: the world that shows it ends here. */
final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Promise promise;

  Violation(Promise promise, String what) {
    super(promise.word() + ": " + what);
    this.promise = promise;
  }

  Promise promise() {
    return promise;
  }
}
