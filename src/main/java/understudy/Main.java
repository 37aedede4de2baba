package understudy;

import java.util.List;
import understudy.cli.Commands;
import understudy.cli.NodeCommand;
import understudy.cli.Terminal;
import understudy.cli.Verb;
import understudy.cli.WitnessCommand;
import understudy.demo.BenchCommand;
import understudy.demo.DemoCommand;
import understudy.simulator.SimulateCommand;
import understudy.simulator.StepBench;
import understudy.wire.Release;

/** Entry point: the first word chooses what runs. */
public final class Main {
  /** Verbs of other packages; those that talk to a daemon are in {@code cli}. */
  static final List<Verb> VERBS =
      List.of(
          new Verb("node", NodeCommand::new),
          new Verb("witness", WitnessCommand::new),
          new Verb("demo", DemoCommand::new),
          new Verb("bench", invocation -> new BenchCommand(invocation, StepBench::figures)),
          new Verb("simulate", SimulateCommand::new));

  private Main() {}

  public static void main(String[] args) {
    int code = new Commands(Terminal.ofProcess(), version(), VERBS).run(args);
    System.exit(code);
  }

  private static String version() {
    return Release.current().version();
  }
}
