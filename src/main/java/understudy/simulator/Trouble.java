package understudy.simulator;

/** What can go wrong on one machine when it does something, and how often in a troubled world. */
enum Trouble {
  START_FAILS(0.25),
  START_HANGS(0.1),
  STOP_FAILS(0.1),
  STOP_HANGS(0.1),
  DATA_NOT_WHOLE(0.1),
  SYNC_FAILS(0.05),
  SYNC_HANGS(0.05),
  LOOK_LOST(0.02);

  private final double probability;

  Trouble(double probability) {
    this.probability = probability;
  }

  double probability() {
    return probability;
  }
}
