package understudy.cli;

/** How many rows a list may be asked for. */
final class RowLimit {
  static final int MOST = 1000;

  private RowLimit() {}

  /** The wish of {@code --limit}, or a failure that says what it may be. */
  static int checked(int wish) throws Failure {
    if (wish < 1 || wish > MOST) {
      throw new Failure(
          ExitCode.USAGE, "--limit: " + wish + " is out of range", "write 1 to " + MOST);
    }
    return wish;
  }
}
