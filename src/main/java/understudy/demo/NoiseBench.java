package understudy.demo;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.PrintStream;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import understudy.api.Views;
import understudy.demo.lab.CpuLoad;
import understudy.demo.lab.LabException;
import understudy.demo.lab.ProcessSignal;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * Noise that must not move the role, at the profile that users get: a share of all packets of both
 * nodes is lost all the time, all cores are busy half of the time, and every few seconds one node
 * sleeps for a moment.
 */
final class NoiseBench {
  private static final JsonType<Map<String, Object>> LINE =
      Jsonb.builder().build().type(Object.class).map();
  private static final int LOST_PERCENT = 5;
  private static final Duration PAUSE = Duration.ofMillis(300);
  private static final Duration BETWEEN_PAUSES = Duration.ofSeconds(5);
  private static final Duration BUSY = Duration.ofSeconds(30);
  private static final Duration ROUND = Duration.ofMinutes(1);

  private final Duration time;
  private final Random random;
  private final boolean keep;
  private final PrintStream progress;
  private final Consumer<String> lines;
  private final Clock clock;
  private int pauses;

  NoiseBench(
      Duration time,
      long seed,
      boolean keep,
      PrintStream progress,
      Consumer<String> lines,
      Clock clock) {
    this.time = time;
    this.keep = keep;
    this.random = new Random(seed);
    this.progress = progress;
    this.lines = lines;
    this.clock = clock;
  }

  /**
   * Makes noise for the whole time.
   *
   * @return the role never moved, and nothing was lost
   */
  boolean run() throws DemoException, LabException, InterruptedException {
    var ground = new FaultGround[1];
    try (SmallData data = SmallData.write();
        Demo demo =
            Demo.start(
                new Demo.Wish(Optional.of(data.directory()), "default", keep, progress),
                () -> ground[0] = FaultGround.open(),
                clock)) {
      if (keep) {
        progress.println("logs and states are in " + demo.work());
      }
      ground[0].watchBothSides(demo.client());
      DemoNode active = demo.pair().awaitProtected();
      long term = term(active);
      for (DemoNode node : demo.pair().nodes()) {
        for (int link = 0; link < Network.LINKS; link++) {
          ground[0].network().faults().lose(node.name(), link, LOST_PERCENT);
        }
      }
      Moment begun = clock.now();
      Moment end = begun.plus(time);
      while (clock.now().isBefore(end)) {
        minute(demo, active, begun);
      }
      ground[0].heal();
      DemoNode serving = demo.pair().awaitProtected();
      long failovers = term(serving) - term;
      return summarize(demo, serving, begun, failovers);
    }
  }

  private static long term(DemoNode node) {
    return node.row().map(Views.NodeRow::term).orElse(0L);
  }

  private void minute(Demo demo, DemoNode active, Moment begun)
      throws LabException, InterruptedException {
    Moment from = clock.now();
    pausesFor(demo.pair(), ROUND.minus(BUSY));
    try (CpuLoad _ = CpuLoad.start()) {
      pausesFor(demo.pair(), BUSY);
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("noise", "minute");
    line.put("number", begun.until(clock.now()).toMinutes());
    line.put("still_serves", active.row().filter(row -> row.role().equals("active")).isPresent());
    Moment to = clock.now();
    line.put("outage_ms", demo.client().meter().trace().outage(from, to).toMillis());
    line.put("silence_ms", demo.client().watch().silence(active.name(), from, to).toMillis());
    lines.accept(LINE.toJson(line));
  }

  private void pausesFor(Pair pair, Duration duration) throws LabException, InterruptedException {
    Moment end = clock.now().plus(duration);
    while (clock.now().isBefore(end)) {
      LockSupport.parkNanos(BETWEEN_PAUSES.toNanos());
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while making noise");
      }
      DemoNode node = pair.nodes().get(random.nextInt(pair.nodes().size()));
      node.signal(ProcessSignal.STOP);
      LockSupport.parkNanos(PAUSE.toNanos());
      node.signal(ProcessSignal.CONT);
      pauses++;
    }
  }

  private boolean summarize(Demo demo, DemoNode serving, Moment begun, long failovers)
      throws LabException {
    Outcome outcome =
        new Measurement(demo.client(), begun, begun).end(clock, serving.data(), term(serving));
    boolean ok = failovers == 0 && outcome.lostWrites() == 0 && outcome.dual().isZero();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("summary", "noise");
    line.put("minutes", time.toMinutes());
    line.put("profile", "default");
    line.put("false_failovers", failovers);
    line.put("pauses", pauses);
    line.put("outage_ms_max", outcome.outage().toMillis());
    line.put("lost_writes", outcome.lostWrites());
    line.put("dual_ms", outcome.dual().toMillis());
    line.put("path", List.copyOf(outcome.path()));
    line.put("ok", ok);
    lines.accept(LINE.toJson(line));
    return ok;
  }
}
