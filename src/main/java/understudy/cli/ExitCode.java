package understudy.cli;

/** What the shell is told; the numbers are promises. */
public enum ExitCode {
  DONE(0),
  FAILED(1),
  USAGE(2),
  /** A safety check said no; the message names the override. */
  REFUSED(3),
  /** The wait ran out; the operation goes on. */
  CONTINUES(4),
  DAEMON_UNREACHABLE(5),
  PEER_UNREACHABLE(6);

  private final int number;

  ExitCode(int number) {
    this.number = number;
  }

  public int number() {
    return number;
  }
}
