package understudy.simulator;

/** A promise was broken: the world that shows it ends here. */
final class Violation extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String invariant;

  Violation(String invariant, String what) {
    super(invariant + ": " + what);
    this.invariant = invariant;
  }

  String invariant() {
    return invariant;
  }
}
