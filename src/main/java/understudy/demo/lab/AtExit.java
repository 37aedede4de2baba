package understudy.demo.lab;

/** Closes something also when this process is told to end before it did so by itself. */
public final class AtExit {
  private final Thread hook;

  /**
   * Does nothing before {@link #arm()}.
   *
   * @param what is closed, in the plural, for the person who reads that it could not be
   * @param closing may be closed a second time, and then does nothing
   */
  public AtExit(String what, AutoCloseable closing) {
    this.hook = new Thread(() -> run(what, closing), "closes " + what);
  }

  public void arm() {
    Runtime.getRuntime().addShutdownHook(hook);
  }

  /** For {@code close} itself, once it is done; by whomever it was called. */
  public void disarm() {
    if (Thread.currentThread().equals(hook)) {
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException goingDown) {
      // the process is ending already: the hook finds everything closed
    }
  }

  private static void run(String what, AutoCloseable closing) {
    try {
      closing.close();
    } catch (Exception failed) {
      System.err.println(what + " were left behind: " + failed.getMessage());
    }
  }
}
