package understudy.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import understudy.cli.ExitCode;
import understudy.cli.Failure;
import understudy.cli.Invocation;
import understudy.demo.lab.LabException;
import understudy.time.Clock;
import understudy.time.SystemClock;

/** {@code understudy demo}: the main job in one command, on one machine. */
@Command(
    name = "demo",
    description = {
      "Two nodes on this machine protect a running service with real data; break them and see.",
      "Needs no root and leaves nothing behind. Progress goes to stderr."
    })
public final class DemoCommand implements Callable<Integer> {
  private final Invocation invocation;
  private final Clock clock = new SystemClock();

  @Option(
      names = "--script",
      paramLabel = "SCENARIO",
      description = "Play unattended: kill, hang, switchover, partition, conflict or all.")
  private @Nullable String script;

  @Option(names = "--json", description = "With --script: one JSON line per measured step.")
  private boolean json;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Protect a copy of this directory (default: of /usr/share/doc).")
  private @Nullable Path data;

  @Option(
      names = "--netns",
      description = "Three network namespaces and a real shared address; needs root.")
  private boolean netns;

  @Option(names = "--keep", description = "Leave the demo's directory with logs and states.")
  private boolean keep;

  public DemoCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure, InterruptedException {
    List<Scenario> scenarios = scenarios();
    PrintStream progress = invocation.terminal().err();
    var wish = new Demo.Wish(Optional.ofNullable(data), "fast", keep, progress);
    try (Demo demo = Demo.start(wish, this::ground, clock)) {
      if (keep) {
        progress.println("logs and states are in " + demo.work());
      }
      if (script != null) {
        return play(demo, scenarios);
      }
      new Menu(demo, invocation.terminal(), clock).run();
      return ExitCode.DONE.number();
    } catch (DemoException | LabException failed) {
      throw new Failure(
          ExitCode.FAILED, String.valueOf(failed.getMessage()), "try again with --keep", failed);
    }
  }

  private List<Scenario> scenarios() throws Failure {
    if (script == null) {
      return List.of();
    }
    try {
      return Scenario.named(script);
    } catch (IllegalArgumentException unknown) {
      throw new Failure(
          ExitCode.USAGE,
          String.valueOf(unknown.getMessage()),
          "see understudy demo --help",
          unknown);
    }
  }

  private Ground ground() throws LabException, IOException {
    return netns ? Network.open() : Loopback.open(clock);
  }

  private int play(Demo demo, List<Scenario> scenarios) throws InterruptedException {
    List<ScriptLine> lines = new ArrayList<>();
    var steps =
        new Steps(
            demo,
            clock,
            line -> {
              lines.add(line);
              invocation.terminal().out().println(json ? line.json() : line.sentence());
            });
    Optional<Network> network =
        demo.ground() instanceof Network cables ? Optional.of(cables) : Optional.empty();
    var play = new Play(demo.pair(), network, steps);
    for (Scenario scenario : scenarios) {
      Optional<String> obstacle = play.obstacle(scenario);
      if (obstacle.isPresent() && scenarios.size() > 1) {
        invocation.terminal().err().println(scenario.word() + ": not played: " + obstacle.get());
      } else {
        play.play(scenario);
      }
    }
    boolean allGood = lines.stream().allMatch(ScriptLine::ok);
    return (allGood ? ExitCode.DONE : ExitCode.FAILED).number();
  }
}
