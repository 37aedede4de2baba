package understudy.demo;

import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import understudy.api.Views;
import understudy.demo.lab.LabException;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * Two real daemons, joined by mutual TLS, with many datasets that are synced only when asked: each
 * is good for one first copy.
 */
final class SyncPair {
  private static final String ON_DEMAND = "every: 365d, max-delete: 100%";
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private static final Duration REST = Duration.ofMillis(1200);

  private final DemoNode alpha;
  private final DemoNode beta;
  private final Clock clock;
  private final int datasets;
  private int taken;

  private SyncPair(DemoNode alpha, DemoNode beta, Clock clock, int datasets) {
    this.datasets = datasets;
    this.alpha = alpha;
    this.beta = beta;
    this.clock = clock;
  }

  /**
   * Sets both up as a person does; returns when all datasets are in sync, with nothing in them.
   *
   * @param datasets how many first copies there will be: each is watched, which is not for nothing
   */
  static SyncPair start(Path work, Ground ground, Clock clock, int datasets)
      throws DemoException, InterruptedException {
    return start(work, ground, clock, datasets, ON_DEMAND);
  }

  /** As {@link #start(Path, Ground, Clock, int)}, with one dataset that is kept like this. */
  static SyncPair start(Path work, Ground ground, Clock clock, String kept)
      throws DemoException, InterruptedException {
    return start(work, ground, clock, 1, kept);
  }

  private static SyncPair start(Path work, Ground ground, Clock clock, int datasets, String kept)
      throws DemoException, InterruptedException {
    DemoNode alpha = new DemoNode("alpha", work.resolve("alpha"), ground);
    DemoNode beta = new DemoNode("beta", work.resolve("beta"), ground);
    SyncPair pair = new SyncPair(alpha, beta, clock, datasets);
    try {
      for (DemoNode node : List.of(alpha, beta)) {
        Files.createDirectories(node.home());
        DemoFiles.writeNode(node, ground);
      }
      for (int number = 0; number < datasets; number++) {
        Files.createDirectories(alpha.data().resolve(name(number)));
      }
      Files.writeString(alpha.home().resolve("cluster.yaml"), document(ground, datasets, kept));
    } catch (IOException failed) {
      throw new DemoException("cannot write the configuration of the nodes", failed);
    }
    alpha.demand("none-is-needed", "init", "--cluster", "bench");
    alpha.start();
    pair.await("alpha serves", () -> alpha.row().filter(row -> row.role().equals("active")));
    String invite = alpha.demand("", "pair", "invite").strip();
    beta.demand(invite, "pair", "join", "-");
    beta.start();
    pair.await(
        "all datasets are in sync",
        () ->
            beta.row().filter(row -> row.role().equals("standby") && row.sync().equals("in sync")));
    return pair;
  }

  private static String name(int number) {
    return "d%02d".formatted(number);
  }

  private static String document(Ground ground, int count, String kept) {
    StringBuilder datasets = new StringBuilder();
    for (int number = 0; number < count; number++) {
      datasets.append(
          "  - { name: %1$s, path: \"${data}/%1$s\", %2$s }\n".formatted(name(number), kept));
    }
    return "cluster: { name: bench }\nfailover:\n" + ground.failover() + "datasets:\n" + datasets;
  }

  private interface Look<T> {
    Optional<T> now();
  }

  private <T> T await(String what, Look<T> look) throws DemoException, InterruptedException {
    Moment end = clock.now().plus(PATIENCE);
    while (clock.now().isBefore(end)) {
      Optional<T> found = look.now();
      if (found.isPresent()) {
        return found.get();
      }
      pause(BETWEEN_LOOKS);
    }
    throw new DemoException("not within " + PATIENCE + ": " + what + "\n" + testimony());
  }

  private static void pause(Duration time) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the bench was interrupted");
    }
    LockSupport.parkNanos(time.toNanos());
  }

  /** A dataset that nobody has used yet. */
  String fresh() throws DemoException {
    if (taken == datasets) {
      throw new DemoException("more first copies than " + datasets + " datasets");
    }
    return name(taken++);
  }

  /** Where it lies on the source. */
  Path source(String dataset) {
    return alpha.data().resolve(dataset);
  }

  /** Where it lies on the standby. */
  Path target(String dataset) {
    return beta.data().resolve(dataset);
  }

  /**
   * One sync, begun by the command that a person would type; the time is the daemon's own, from the
   * wish to the end. Throws when it joined a run that nobody had asked for.
   */
  SyncFigures sync(String dataset) throws DemoException, InterruptedException, IOException {
    return sync(dataset, List.of());
  }

  /** As {@link #sync}, by the word of the watcher of the source. */
  SyncFigures syncQuickly(String dataset) throws DemoException, InterruptedException, IOException {
    return sync(dataset, List.of("--quick"));
  }

  private SyncFigures sync(String dataset, List<String> options)
      throws DemoException, InterruptedException, IOException {
    pause(REST); // files that changed a moment ago are read twice
    long source = alpha.daemon().pid();
    long standby = beta.daemon().pid();
    SyncMeter.forgetPeak(source);
    SyncMeter.forgetPeak(standby);
    double before = SyncMeter.seconds(source);
    double beforeStandby = SyncMeter.seconds(standby);
    long wire = SyncMeter.wireBytes(standby);
    List<String> words = new ArrayList<>(List.of("sync", "now", dataset));
    words.addAll(options);
    words.addAll(List.of("--wait=" + PATIENCE.toSeconds() + "s", "-o", "json"));
    DemoNode.Answer answer = beta.call(words.toArray(String[]::new));
    Views.Operation operation = ended(answer);
    return new SyncFigures(
        Duration.between(operation.started(), operation.finished()).toNanos() / 1e9,
        new SyncFigures.Ends(
            SyncMeter.seconds(standby) - beforeStandby, SyncMeter.seconds(source) - before),
        SyncMeter.wireBytes(standby) - wire,
        new SyncFigures.Peak(SyncMeter.peakKib(standby), SyncMeter.peakKib(source)));
  }

  /** The last word of a command that waited. */
  private Views.Operation ended(DemoNode.Answer answer) throws DemoException {
    if (!answer.isDone()) {
      throw new DemoException("sync now failed: " + answer.said() + "\n" + testimony());
    }
    Views.Operation operation =
        Jsonb.instance()
            .type(Views.Operation.class)
            .fromJson(answer.out().strip().lines().reduce("", (_, last) -> last));
    if (operation.finished() == null || !operation.steps().isEmpty()) {
      throw new DemoException("it is not one whole sync: " + operation);
    }
    return operation;
  }

  /** What both daemons last said. */
  String testimony() {
    StringBuilder text = new StringBuilder();
    for (DemoNode node : List.of(alpha, beta)) {
      text.append("--- ").append(node.name()).append('\n').append(node.call("status").said());
      try {
        List<String> lines = Files.readAllLines(node.log());
        text.append(
            lines.subList(Math.max(0, lines.size() - 30), lines.size()).stream()
                .collect(Collectors.joining("\n", "\n", "\n")));
      } catch (IOException unreadable) {
        text.append("its log cannot be read: ").append(unreadable.getMessage()).append('\n');
      }
    }
    return text.toString();
  }

  /** The bench's own directory is enough to end them. */
  static void end(Path work) throws LabException {
    OwnProcesses.kill(work);
  }
}
