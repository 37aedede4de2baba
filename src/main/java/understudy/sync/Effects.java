package understudy.sync;

/**
 * Told before every effect of a run that outlives the process: each step by its name, each commit
 * of the index, and each call that changes or syncs the tree. The daemon's does nothing; a test's
 * stops the process there.
 */
interface Effects {
  Effects NONE = effect -> {};

  void before(String effect);

  /** A call below the dataset's root; {@code descriptor} as in {@link understudy.linux.Deeds}. */
  default void beforeCall(String call, int descriptor) {
    before(call);
  }
}
