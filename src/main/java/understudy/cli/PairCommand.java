package understudy.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import understudy.api.PairViews;
import understudy.api.Users;
import understudy.failover.Designation;
import understudy.pairing.Check;
import understudy.pairing.Invite;
import understudy.pairing.JoinOutcome;
import understudy.pairing.JoinPlan;
import understudy.pairing.Joining;
import understudy.time.SystemClock;
import understudy.wire.Release;

@Command(name = "pair", description = "The relationship between nodes.")
final class PairCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Invocation invocation;

  @Spec private CommandSpec spec = CommandSpec.create();

  PairCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(), "say which: pair invite, pair join, pair test or pair leave");
  }

  @Command(
      name = "invite",
      description = "Print a line to paste on the other machine; good once and for 15 minutes.")
  int invite() throws Failure {
    Daemon.Told<PairViews.Invitation> told = invocation.daemon().invite();
    invocation.answers().write(told.json(), () -> told.view().invite() + "\n");
    invocation
        .terminal()
        .err()
        .println(
            "On the other machine, before "
                + told.view().expires()
                + ": understudy pair join INVITE --node NAME --address HOST[:PORT]");
    return ExitCode.DONE.number();
  }

  @Command(
      name = "join",
      description = {
        "Make this machine a node of the cluster that the invite comes from.",
        "Needs no daemon. Here --node is the name of this node, such as --node beta."
      })
  int join(
      @Parameters(paramLabel = "INVITE", description = "The line of pair invite; - reads stdin.")
          String line,
      @Option(
              names = "--address",
              defaultValue = "",
              paramLabel = "HOST[:PORT]",
              description = "Where the other node reaches this one (port: 7443).")
          String address,
      @Option(
              names = "--designation",
              defaultValue = "secondary",
              paramLabel = "WORD",
              description = "primary, secondary, dr or witness (default: ${DEFAULT-VALUE}).")
          String designation,
      @Option(
              names = "--state",
              defaultValue = "/var/lib/understudy",
              paramLabel = "DIR",
              description = "Where this node remembers things (default: ${DEFAULT-VALUE}).")
          Path state,
      @Option(
              names = "--variable",
              paramLabel = "NAME=VALUE",
              description = "What $${name} in the cluster document means here; repeatable.")
          @Nullable Map<String, String> variables,
      @Option(
              names = "--replace-data",
              description = "Data that is here already may be replaced by the copy.")
          boolean replaceData)
      throws Failure {
    Path place = invocation.configPlace();
    NewNode node =
        Files.exists(NewNode.nodeFile(place))
            ? NewNode.of(
                invocation.nodeSettings(),
                NewNode.nodeFile(place),
                invocation.options().node(),
                address)
            : NewNode.of(
                invocation.options().node(),
                address,
                designation,
                state.toAbsolutePath(),
                variables == null ? Map.of() : variables);
    try {
      JoinPlan plan =
          new JoinPlan(
              Invite.parse(line.equals("-") ? invocation.terminal().in().readLine() : line),
              node.config(),
              List.of(node.address()),
              NewNode.nodeFile(place),
              NewNode.clusterFile(place),
              Users.file(node.config().state()),
              replaceData,
              invocation.options().isDryRun(),
              Release.current(),
              LIMIT,
              new SystemClock());
      return told(Joining.join(plan), place, node.config().designation() == Designation.WITNESS);
    } catch (IllegalArgumentException unfit) {
      throw new Failure(
          ExitCode.USAGE,
          String.valueOf(unfit.getMessage()),
          "make a new one on the other machine: understudy pair invite",
          unfit);
    } catch (IOException unusable) {
      throw new Failure(
          ExitCode.FAILED,
          "this machine's files cannot be used: " + unusable.getMessage(),
          "run this as root, or choose places of your own: --config DIR --state DIR",
          unusable);
    }
  }

  private int told(JoinOutcome outcome, Path place, boolean witness) throws Failure {
    PrintStream out = invocation.terminal().out();
    switch (outcome) {
      case JoinOutcome.Joined joined -> {
        print(joined.checks(), joined.plan());
        out.println("Joined " + joined.cluster() + ", beside " + joined.inviter() + ".");
        out.println(
            witness
                ? "Next: start the daemon: understudy witness" + NewNode.configOption(place)
                : "Next: start the daemon: understudy node"
                    + NewNode.configOption(place)
                    + "; the first sync starts by itself.");
      }
      case JoinOutcome.Rehearsed rehearsed -> {
        print(rehearsed.checks(), rehearsed.plan());
        out.println("Nothing was changed (--dry-run). Without it this machine would join now.");
      }
      case JoinOutcome.Unfit unfit -> {
        print(unfit.checks(), unfit.plan());
        Check first = unfit.checks().stream().filter(Check::isFailed).findFirst().orElseThrow();
        throw new Failure(
            ExitCode.REFUSED,
            "refused by the check of " + first.name() + "; nothing was changed on either side",
            first.fix() == null ? "" : first.fix());
      }
      case JoinOutcome.Refused refused ->
          throw new Failure(
              ExitCode.REFUSED,
              refused.message() + "; nothing was changed",
              refused.fix().orElse(""));
      case JoinOutcome.NotReached missed ->
          throw new Failure(
              ExitCode.PEER_UNREACHABLE,
              missed.message() + "; nothing was changed",
              "check that the daemon runs there, the firewall, and the addresses in its node.yaml");
      case JoinOutcome.Unsure unsure ->
          throw new Failure(
              ExitCode.FAILED,
              unsure.message(),
              "start the daemon here and run understudy pair test; if it says 'not a member', run"
                  + " understudy pair leave and join with a new invite");
    }
    return ExitCode.DONE.number();
  }

  private void print(List<Check> checks, List<String> plan) {
    Table table = new Table("CHECK", "NODE", "RESULT", "EVIDENCE");
    for (Check check : checks) {
      table.row(check.name(), check.node(), check.result(), check.evidence());
    }
    PrintStream out = invocation.terminal().out();
    out.print(table);
    checks.stream()
        .filter(check -> !check.result().equals("pass") && check.fix() != null)
        .forEach(check -> out.println("  " + check.name() + ": " + check.fix()));
    plan.forEach(out::println);
  }

  @Command(
      name = "test",
      description = "Try every address of every node, both ways; exit 6 when one fails.")
  int test() throws Failure {
    Daemon.Told<List<PairViews.Reach>> told = invocation.daemon().pairTest();
    Table table = new Table("FROM", "TO", "AT", "OUTCOME", "DETAIL");
    for (PairViews.Reach row : told.view()) {
      table.row(
          row.from(), row.to(), row.at().isEmpty() ? "-" : row.at(), row.outcome(), row.sentence());
    }
    invocation
        .answers()
        .write(
            told.json(),
            () -> told.view().isEmpty() ? "this node has no peer\n" : table.toString());
    boolean allReached = told.view().stream().allMatch(row -> row.outcome().equals("reached"));
    return (allReached ? ExitCode.DONE : ExitCode.PEER_UNREACHABLE).number();
  }

  @Command(
      name = "leave",
      description = "End the relationship: both sides become standalone, copied data stays.")
  int leave() throws Failure {
    Daemon.Told<PairViews.Leave> plan = invocation.daemon().leave(true);
    if (invocation.options().isDryRun()) {
      invocation.answers().write(plan.json(), () -> lines(plan.view()));
      return ExitCode.DONE.number();
    }
    invocation.terminal().err().print(lines(plan.view()));
    agree();
    Daemon.Told<PairViews.Leave> done = invocation.daemon().leave(false);
    invocation.answers().write(done.json(), () -> lines(done.view()));
    return (done.view().state().equals("done") ? ExitCode.DONE : ExitCode.PEER_UNREACHABLE)
        .number();
  }

  private static String lines(PairViews.Leave leave) {
    return String.join("\n", leave.steps()) + "\n";
  }

  private void agree() throws Failure {
    Terminal terminal = invocation.terminal();
    if (invocation.options().isYes()) {
      return;
    }
    if (!terminal.isInteractive().getAsBoolean()) {
      throw new Failure(ExitCode.USAGE, "nobody is here to agree", "add --yes");
    }
    try {
      terminal.err().print("Leave? [y/N] ");
      terminal.err().flush();
      if (!"y".equals(terminal.in().readLine())) {
        throw new Failure(ExitCode.REFUSED, "nothing was changed", "");
      }
    } catch (IOException gone) {
      throw new Failure(ExitCode.FAILED, "the terminal is gone", "add --yes", gone);
    }
  }
}
