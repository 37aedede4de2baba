package understudy.simulator;

/** What is promised of every cluster, and looked at after every step of every simulated world. */
enum Promise {
  /** No two nodes let clients in, or hold granted mandates, at one instant. */
  ONE_ACTIVE("OneActive"),
  /** A voter that keeps its disk votes for one candidate in a term. */
  ONE_VOTE("OneVote"),
  /** No client gets through to the old holder when another starts. */
  FENCE_FIRST("FenceFirst"),
  /** Nobody serves for longer than a lease without a daemon. */
  KERNEL_ENFORCED("KernelEnforced"),
  /** What is on disk of terms never shrinks. */
  TERMS_ONLY_GROW("TermsOnlyGrow"),
  /** Nobody serves on data that is not one whole generation. */
  WHOLE_GENERATION("WholeGeneration"),
  /** Nobody takes over by itself against max-loss or on-failure. */
  LOSS_GUARD("LossGuard"),
  /** What a copy overwrites and does not contain is kept, what is released is served. */
  NOTHING_DISCARDED("NothingDiscarded"),
  /** Once healed, somebody serves and all follow, within a bound. */
  NO_STUCK_STATE("NoStuckState"),
  /** Every change, refusal, wait and wish has its reason and its answer. */
  EXPLAINED("Explained");

  private final String word;

  Promise(String word) {
    this.word = word;
  }

  String word() {
    return word;
  }
}
