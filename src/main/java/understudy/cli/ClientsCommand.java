package understudy.cli;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import understudy.api.Action.Kind;

@Command(
    name = "clients",
    description = "hold: new client connections wait, open ones go on; admit: let them in again.")
final class ClientsCommand implements Callable<Integer> {
  /** What to do with new connections. */
  enum Wish {
    HOLD,
    ADMIT;

    /** As users write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Invocation invocation;

  @Parameters(paramLabel = "hold|admit", description = "What to do with new connections.")
  private Wish wish = Wish.ADMIT;

  ClientsCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    ActionDraft draft = new ActionDraft(Kind.CLIENTS).clients(wish.toString());
    return new Act(invocation).perform(invocation.daemon(), draft);
  }
}
