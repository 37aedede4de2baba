package understudy.demo;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
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
import understudy.demo.lab.LabException;
import understudy.time.SystemClock;

/** {@code understudy bench}: figures of the whole system on this machine. */
@Command(
    name = "bench",
    description = "Measure this program on this machine; most of it needs root.")
public final class BenchCommand implements Callable<Integer> {
  private static final JsonType<Map<String, Object>> LINE =
      Jsonb.builder().build().type(Object.class).map();

  private static final List<String> ARBITERS = List.of("peer", "majority");
  private static final Duration AN_HOUR = Duration.ofHours(1);

  private final Invocation invocation;
  private final Supplier<Map<String, Object>> stepFigures;

  @Spec private CommandSpec spec = CommandSpec.create();

  /**
   * Benches of this program.
   *
   * @param stepFigures measures what a decision of the core costs; takes some seconds
   */
  public BenchCommand(Invocation invocation, Supplier<Map<String, Object>> stepFigures) {
    this.invocation = invocation;
    this.stepFigures = stepFigures;
  }

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "say what: bench failover, bench faults, bench step, bench sync or bench continuous");
  }

  @Command(
      name = "failover",
      description = {
        "Outages of a pair in network namespaces, and what its daemons take.",
        "One JSON line per run, one per summary, one per figure."
      })
  int failover(
      @Option(names = "--runs", defaultValue = "5", description = "Runs of each (default: 5).")
          int runs,
      @Option(
              names = "--profile",
              paramLabel = "WORD",
              description = {
                "default, fast, or shortest: fast with the least primary-timeout that is allowed",
                "(default: all, one after the other)."
              })
          @Nullable String profile,
      @Option(
              names = "--scenario",
              paramLabel = "WORD",
              description = "host-dead, switchover, daemon-killed or daemon-hangs (default: all).")
          @Nullable String scenario,
      @Option(names = "--keep", description = "Leave the directory with logs and states.")
          boolean keep,
      @Option(names = "--json", description = "JSON lines, which is the only format.") boolean json)
      throws Failure, InterruptedException {
    List<String> profiles = profile == null ? FailoverBench.PROFILES : List.of(profile);
    if (runs < 1
        || !FailoverBench.PROFILES.containsAll(profiles)
        || (scenario != null && !FailoverBench.scenarios().contains(scenario))) {
      throw new Failure(
          ExitCode.USAGE,
          "bench failover takes at least one run, the profiles %s and the scenarios %s"
              .formatted(FailoverBench.PROFILES, FailoverBench.scenarios()),
          "see understudy bench failover --help");
    }
    var clock = new SystemClock();
    var terminal = invocation.terminal();
    return measured(
        "it needs root",
        () -> {
          for (String each : profiles) {
            new FailoverBench(each, runs, keep, terminal.err(), terminal.out()::println, clock)
                .run(Optional.ofNullable(scenario));
          }
          return true;
        });
  }

  @Command(
      name = "step",
      description = {
        "What one decision of the core costs.",
        "The recorded decisions of simulated clusters are taken again and again in one thread.",
        "Needs no root; takes some seconds."
      })
  int step(@Option(names = "--json", description = "One JSON object.") boolean json) {
    Map<String, Object> figures = stepFigures.get();
    invocation.terminal().out().println(json ? LINE.toJson(figures) : text(figures));
    return ExitCode.DONE.number();
  }

  @Command(
      name = "sync",
      description = {
        "The sync engine between two daemons over TLS, and rsync over ssh beside it.",
        "A line per sync, and one per comparison; needs root, rsync and sshd."
      })
  int sync(
      @Option(
              names = "--workload",
              paramLabel = "WORD,...",
              split = ",",
              description = "tree, small, big, move or tiny (default: all).")
          @Nullable List<String> chosen,
      @Option(
              names = "--scale",
              paramLabel = "WORD",
              defaultValue = "small",
              description = "small (a minute or two), medium or full (20 GB of disk, an hour).")
          String size,
      @Option(names = "--runs", defaultValue = "3", description = "Runs of each (default: 3).")
          int runs,
      @Option(
              names = "--beside",
              paramLabel = "WORD,...",
              split = ",",
              description = {
                "rsync-ssh, rsync-ssh-fsync, rsync-ssh-inplace, rsync-daemon or nothing",
                "(default: all that make sense)."
              })
          @Nullable List<String> others,
      @Option(
              names = "--work",
              paramLabel = "DIR",
              defaultValue = "/tmp",
              description = "Where the data is made (default: /tmp).")
          Path work,
      @Option(names = "--keep", description = "Leave the directory with data and logs.")
          boolean keep,
      @Option(names = "--json", description = "JSON lines instead of text.") boolean json)
      throws Failure, InterruptedException {
    List<String> words = chosen == null ? SyncWorkload.words() : chosen;
    Set<String> beside = new TreeSet<>(others == null ? Rsync.Way.words() : others);
    beside.remove("nothing");
    SyncScale scale = SyncScale.of(size).orElse(null);
    if (scale == null
        || runs < 1
        || !SyncWorkload.words().containsAll(words)
        || !Rsync.Way.words().containsAll(beside)) {
      throw new Failure(
          ExitCode.USAGE,
          "bench sync takes the workloads %s, the scales %s, beside it %s, and at least one run"
              .formatted(SyncWorkload.words(), SyncScale.WORDS, Rsync.Way.words()),
          "see understudy bench sync --help");
    }
    List<SyncWorkload> workloads =
        Arrays.stream(SyncWorkload.values()).filter(one -> words.contains(one.word())).toList();
    var terminal = invocation.terminal();
    return measured(
        "it needs root, rsync and openssh-server",
        () -> {
          new SyncBench(
                  scale,
                  runs,
                  beside,
                  new SystemClock(),
                  terminal.err(),
                  line -> terminal.out().println(json ? LINE.toJson(line) : text(line)))
              .run(workloads, work, keep);
          return true;
        });
  }

  @Command(
      name = "continuous",
      description = {
        "Small writes to a dataset that is followed continuously between two daemons over TLS.",
        "How long until each is there on the standby; needs root."
      })
  int continuous(
      @Option(
              names = "--writes",
              paramLabel = "N",
              defaultValue = "1000",
              description = "Writes of 1 KiB a second (default: 1000).")
          int perSecond,
      @Option(
              names = "--files",
              paramLabel = "N",
              defaultValue = "0",
              description = {
                "To so many files in turn, which are there from the beginning",
                "(default: each write makes a new file)."
              })
          int files,
      @Option(
              names = "--seconds",
              paramLabel = "N",
              defaultValue = "30",
              description = "For so long (default: 30).")
          int seconds,
      @Option(
              names = "--work",
              paramLabel = "DIR",
              defaultValue = "/tmp",
              description = "Where the data is made (default: /tmp).")
          Path work,
      @Option(names = "--keep", description = "Leave the directory with data and logs.")
          boolean keep,
      @Option(names = "--json", description = "JSON lines instead of text.") boolean json)
      throws Failure, InterruptedException {
    int most = ContinuousBench.MOST_WRITES;
    if (perSecond < 1 || seconds < 1 || (long) perSecond * seconds > most) {
      throw new Failure(
          ExitCode.USAGE,
          "bench continuous takes 1 to " + most + " writes in all",
          "see understudy bench continuous --help");
    }
    if (files < 0 || files > most) {
      throw new Failure(
          ExitCode.USAGE,
          "bench continuous writes to at most " + most + " files, not " + files,
          "see understudy bench continuous --help");
    }
    var terminal = invocation.terminal();
    return measured(
        "it needs root",
        () -> {
          Map<String, Object> line =
              new ContinuousBench(perSecond, seconds, files, new SystemClock()).run(work, keep);
          terminal.out().println(json ? LINE.toJson(line) : text(line));
          return true;
        });
  }

  @Command(
      name = "faults",
      description = {
        "Break a pair of real daemons in network namespaces, in every way, and judge each.",
        "One JSON line per fault and a summary; exit code 1 when one ended wrongly."
      })
  int faults(
      @Option(
              names = "--minutes",
              paramLabel = "N",
              description = "In random order for so long (default: each fault once).")
          @Nullable Integer minutes,
      @Option(
              names = "--seed",
              paramLabel = "S",
              defaultValue = "1",
              description = "Of the random order (default: 1).")
          long seed,
      @Option(
              names = "--only",
              paramLabel = "WORD,...",
              description = "Only these faults; a wrong word lists them.")
          @Nullable String only,
      @Option(
              names = "--arbiter",
              paramLabel = "WORD",
              defaultValue = "peer",
              description =
                  "peer, or majority with a witness on a host of its own (default: peer).")
          String arbiter,
      @Option(
              names = "--noise",
              description = "Instead: noise that must not move the role (default: 60 minutes).")
          boolean noise,
      @Option(names = "--keep", description = "Leave the directory with logs and states.")
          boolean keep,
      @Option(names = "--json", description = "JSON lines, which is the only format.") boolean json)
      throws Failure, InterruptedException {
    List<Fault> faults =
        FaultsBench.faults(Optional.ofNullable(only))
            .orElseThrow(
                () ->
                    new Failure(
                        ExitCode.USAGE,
                        "no such fault: " + only,
                        Arrays.stream(Fault.values())
                            .map(Fault::word)
                            .collect(Collectors.joining(" "))));
    if (!ARBITERS.contains(arbiter) || (noise && !arbiter.equals("peer"))) {
      throw new Failure(
          ExitCode.USAGE,
          "bench faults takes the arbiters %s, and with --noise only peer".formatted(ARBITERS),
          "see understudy bench faults --help");
    }
    var time = Optional.ofNullable(minutes).map(Duration::ofMinutes);
    var wish = new FaultsBench.Wish(faults, time, seed, arbiter.equals("majority"), keep);
    var terminal = invocation.terminal();
    var clock = new SystemClock();
    return measured(
        "it needs root",
        () ->
            noise
                ? new NoiseBench(
                        time.orElse(AN_HOUR),
                        seed,
                        keep,
                        terminal.err(),
                        terminal.out()::println,
                        clock)
                    .run()
                : new FaultsBench(wish, terminal.err(), terminal.out()::println, clock).run());
  }

  /** A bench; true when all that it judges went well. */
  private interface Bench {
    boolean run() throws DemoException, LabException, InterruptedException;
  }

  private static int measured(String needs, Bench bench) throws Failure, InterruptedException {
    try {
      return bench.run() ? ExitCode.DONE.number() : ExitCode.FAILED.number();
    } catch (DemoException | LabException failed) {
      throw new Failure(
          ExitCode.FAILED,
          String.valueOf(failed.getMessage()),
          needs + "; --keep leaves the logs of the nodes",
          failed);
    }
  }

  private static String text(Map<String, Object> line) {
    return line.entrySet().stream()
        .skip(2)
        .map(each -> each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining(" "));
  }
}
