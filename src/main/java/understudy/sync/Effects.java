package understudy.sync;

/**
 * Told before every effect of a run that outlives the process. The daemon's does nothing; a test's
 * stops the process there.
 */
interface Effects {
  Effects NONE = effect -> {};

  void before(String effect);
}
