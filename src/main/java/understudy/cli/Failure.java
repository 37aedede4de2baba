package understudy.cli;

import java.util.Optional;

/** A command that did not do what was asked: what happened, and what a person can do about it. */
public final class Failure extends Exception {
  private static final long serialVersionUID = 1L;

  private final ExitCode code;
  private final String fix;

  /**
   * @param fix what to do; empty when there is nothing to say
   */
  public Failure(ExitCode code, String message, String fix) {
    super(message);
    this.code = code;
    this.fix = fix;
  }

  public Failure(ExitCode code, String message, String fix, Throwable cause) {
    this(code, message, fix);
    initCause(cause);
  }

  public ExitCode code() {
    return code;
  }

  public Optional<String> fix() {
    return fix.isEmpty() ? Optional.empty() : Optional.of(fix);
  }
}
