package understudy.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(
    name = "is",
    description = "For scripts: exit code 0 when this node is that, 2 when not, 1 when unknown.")
final class IsCommand implements Callable<Integer> {
  private static final int NO = 2;

  /** What can be asked. */
  enum State {
    ACTIVE,
    STANDBY,
    READY;

    /** As users write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Invocation invocation;

  @Parameters(paramLabel = "active|standby|ready", description = "What to ask.")
  private State state = State.ACTIVE;

  IsCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    String word = state.toString();
    try {
      boolean yes = invocation.daemon().is(word);
      String claim = yes ? word : "not " + word;
      invocation
          .answers()
          .write("{\"%s\":%b}".formatted(word, yes), () -> claim + System.lineSeparator());
      return yes ? ExitCode.DONE.number() : NO;
    } catch (Failure unknown) {
      throw new Failure(
          ExitCode.FAILED, String.valueOf(unknown.getMessage()), unknown.fix().orElse(""), unknown);
    }
  }
}
