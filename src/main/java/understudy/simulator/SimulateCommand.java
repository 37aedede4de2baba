package understudy.simulator;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import understudy.cli.ExitCode;
import understudy.cli.Failure;
import understudy.cli.Invocation;
import understudy.simulator.Simulation.Outcome;

/** {@code understudy simulate}: the rules of this program in worlds full of faults. */
@Command(
    name = "simulate",
    description = {
      "Runs the shipped rules in simulated clusters full of faults and checks every promise.",
      "Each seed is one world; the same seed is always the same world. Checks after every step.",
      "Needs no daemon, no root and no network. Progress goes to stderr; Ctrl-C ends it and tells",
      "what there is."
    })
public final class SimulateCommand implements Callable<Integer> {
  private static final int MOST_THREADS = 256;

  private final Invocation invocation;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "How many worlds (default: 1000; 1 with --seed).")
  private @Nullable Integer seeds;

  @Option(names = "--seed", paramLabel = "S", description = "The first seed (default: 1).")
  private @Nullable Long seed;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description = "Simulated life of a world, at least (default: 60).")
  private @Nullable Integer minutes;

  @Option(names = "--hours", paramLabel = "H", description = "The same in hours.")
  private @Nullable Integer hours;

  @Option(
      names = "--faults",
      paramLabel = "WORD",
      split = ",",
      description = {
        "Only these faults, separated by commas (default: all).",
        "kill, power, crash, pause, isolate, loss, slow, cut, partition, store, unfit, disk-lost,",
        "disk-full, future, upgrade, clock, duplicate (messages), trouble (of resources and",
        "syncs), operator."
      })
  private @Nullable List<String> faults;

  @Option(
      names = "--trace",
      description = "Tell all that happens in the world of --seed, step by step.")
  private boolean trace;

  @Option(
      names = "--scenario",
      paramLabel = "PATH",
      description = {
        "Play a story instead: its script, or the directory with",
        "script and cluster.yaml."
      })
  private @Nullable Path scenario;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worlds at a time (default: one for each processor).")
  private @Nullable Integer threads;

  @Option(names = "--json", description = "One JSON object.")
  private boolean json;

  public SimulateCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure, InterruptedException {
    if (scenario != null) {
      return play(scenario);
    }
    Duration life = life();
    if (trace) {
      return retell(life);
    }
    int worlds = atLeastOne("--seeds", seeds, seed == null ? 1_000 : 1);
    int processors = Runtime.getRuntime().availableProcessors();
    int workers = Math.min(MOST_THREADS, atLeastOne("--threads", threads, processors));
    Set<Fault> loose = faults();
    var simulation = Simulation.shipped(loose, life);
    long begunNanos = System.nanoTime();
    try (var _ = new Progress(simulation, worlds, invocation.terminal().err())) {
      Outcome outcome = simulation.run(worlds, firstSeed(), workers);
      var took = Duration.ofNanos(System.nanoTime() - begunNanos);
      var report = new Report(outcome, loose, life, took, workers);
      invocation.terminal().out().println(json ? report.json() : report.text());
      return (outcome.isGood() ? ExitCode.DONE : ExitCode.FAILED).number();
    }
  }

  private long firstSeed() {
    return Optional.ofNullable(seed).orElse(1L);
  }

  private Set<Fault> faults() {
    var chosen = EnumSet.noneOf(Fault.class);
    for (String word : faults == null ? List.<String>of() : faults) {
      chosen.add(
          Arrays.stream(Fault.values())
              .filter(fault -> fault.word().equals(word))
              .findFirst()
              .orElseThrow(
                  () -> wrong("there is no fault '" + word + "'; there are " + faultWords())));
    }
    return faults == null ? EnumSet.allOf(Fault.class) : chosen;
  }

  private static String faultWords() {
    return Arrays.stream(Fault.values()).map(Fault::word).collect(Collectors.joining(", "));
  }

  private Duration life() {
    if (minutes != null && hours != null) {
      throw wrong("--minutes or --hours, not both");
    }
    return hours == null
        ? Duration.ofMinutes(atLeastOne("--minutes", minutes, 60))
        : Duration.ofHours(atLeastOne("--hours", hours, 1));
  }

  private int atLeastOne(String option, @Nullable Integer wish, int usual) {
    int number = wish == null ? usual : wish;
    if (number < 1) {
      throw wrong(option + " is at least 1, not " + number);
    }
    return number;
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }

  private int play(Path place) throws Failure {
    if (!Files.exists(place)) {
      throw wrong("there is no story " + place);
    }
    var out = invocation.terminal().out();
    try {
      Story story = Story.in(place);
      try {
        story.play();
      } finally {
        story.log().forEach(out::println);
      }
      return ExitCode.DONE.number();
    } catch (ScenarioException wrong) {
      throw new Failure(
          ExitCode.FAILED,
          String.valueOf(wrong.getMessage()),
          "correct cluster.yaml or script, or mend the rules",
          wrong);
    }
  }

  private int retell(Duration life) {
    if (seed == null) {
      throw wrong("--trace needs --seed");
    }
    var out = invocation.terminal().out();
    Outcome outcome = Simulation.shipped(faults(), life).replay(seed, Trace.to(out::println));
    out.println(outcome.isGood() ? "every promise held" : outcome.failures().getFirst().what());
    return (outcome.isGood() ? ExitCode.DONE : ExitCode.FAILED).number();
  }
}
