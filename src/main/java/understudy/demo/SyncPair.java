package understudy.demo;

import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import understudy.api.DataViews;
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

  /** A row of the history comes a moment after the command has ended, or never. */
  private static final int MOST_LOOKS = 25;

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
   * One sync, as the standby's own history counts its time. A run that finds nothing new stands in
   * no history: then it is the time of the command that waits for it, up to 200 ms too long.
   */
  SyncFigures sync(String dataset) throws DemoException, InterruptedException, IOException {
    pause(REST); // files that changed a moment ago are read twice
    long source = alpha.daemon().pid();
    long standby = beta.daemon().pid();
    SyncMeter.forgetPeak(source);
    SyncMeter.forgetPeak(standby);
    Instant asked = clock.wall();
    Moment begun = clock.now();
    double before = SyncMeter.seconds(source);
    double beforeStandby = SyncMeter.seconds(standby);
    long wire = SyncMeter.wireBytes(standby);
    DemoNode.Answer answer = beta.call("sync", "now", dataset);
    if (answer.code() != 0 && answer.code() != 5) {
      throw new DemoException("sync now " + dataset + " failed: " + answer.said());
    }
    Duration waited = begun.until(clock.now());
    Optional<Views.Run> run =
        answer.isDone()
            ? row(dataset, asked)
            : Optional.of(await("the sync of " + dataset, () -> ended(dataset, asked)));
    Duration took = run.map(one -> Duration.between(one.start(), one.end())).orElse(waited);
    SyncFigures figures =
        new SyncFigures(
            took.toNanos() / 1e9,
            new SyncFigures.Ends(
                SyncMeter.seconds(standby) - beforeStandby, SyncMeter.seconds(source) - before),
            SyncMeter.wireBytes(standby) - wire,
            new SyncFigures.Peak(SyncMeter.peakKib(standby), SyncMeter.peakKib(source)));
    if (run.isPresent() && !run.get().result().equals("done")) {
      throw new DemoException(
          "the sync of %s ended as %s: %s\n%s"
              .formatted(dataset, run.get().result(), run.get().problems(), testimony()));
    }
    return figures;
  }

  /** Of a run that has ended; empty: it found nothing new. */
  private Optional<Views.Run> row(String dataset, Instant asked) throws InterruptedException {
    Optional<Views.Run> row = ended(dataset, asked);
    for (int looks = 0; row.isEmpty() && looks < MOST_LOOKS; looks++) {
      pause(BETWEEN_LOOKS);
      row = ended(dataset, asked);
    }
    return row;
  }

  private Optional<Views.Run> ended(String dataset, Instant asked) {
    DemoNode.Answer answer = beta.call("sync", "history", "--limit", "3", "--output", "json");
    if (!answer.isDone()) {
      return Optional.empty();
    }
    return Jsonb.instance().type(DataViews.Answer.class).fromJson(answer.out()).runs().stream()
        .filter(run -> run.dataset().equals(dataset) && run.end() != null)
        .filter(run -> !run.start().isBefore(asked))
        .reduce((newer, older) -> older); // what was asked for; later ones found less
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
