package understudy.simulator;

/** What is promised of every cluster, and looked at after every step of every simulated world. */
enum Promise {
  ONE_ACTIVE("OneActive", "no two nodes let clients in, or hold granted mandates, at one instant"),
  ONE_VOTE("OneVote", "a voter that keeps its disk votes for one candidate in a term"),
  FENCE_FIRST("FenceFirst", "no client gets through to the old holder when another starts"),
  KERNEL_ENFORCED("KernelEnforced", "nobody serves for longer than a lease without a daemon"),
  TERMS_ONLY_GROW("TermsOnlyGrow", "what is on disk of terms never shrinks"),
  WHOLE_GENERATION("WholeGeneration", "nobody serves on data that is not one whole generation"),
  LOSS_GUARD("LossGuard", "nobody takes over by itself against max-loss or on-failure"),
  NOTHING_DISCARDED("NothingDiscarded", "what a copy overwrites and does not contain is kept"),
  NO_STUCK_STATE("NoStuckState", "once healed, somebody serves and all follow, within a bound"),
  EXPLAINED("Explained", "every change, refusal, wait and wish has its reason and its answer");

  private final String word;
  private final String sentence;

  Promise(String word, String sentence) {
    this.word = word;
    this.sentence = sentence;
  }

  String word() {
    return word;
  }

  String sentence() {
    return sentence;
  }
}
