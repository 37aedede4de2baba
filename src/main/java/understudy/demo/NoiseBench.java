package understudy.demo;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
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
import understudy.demo.lab.Strain;
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
  private Duration longestPause = Duration.ZERO;
  private Duration longestOutage = Duration.ZERO;
  private Duration dual = Duration.ZERO;
  private long lostWrites;
  private final List<String> path = new ArrayList<>();

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
      Moment measured = begun;
      while (clock.now().isBefore(end)) {
        measured = minute(demo, active, begun, measured);
      }
      ground[0].heal();
      DemoNode serving = demo.pair().awaitProtected();
      count(new Measurement(demo.client(), measured, measured), serving);
      return summarize(term(serving) - term);
    }
  }

  private static long term(DemoNode node) {
    return node.row().map(Views.NodeRow::term).orElse(0L);
  }

  /**
   * Measured minute by minute, as what the client remembers is bounded.
   *
   * @param from where the minute before ended
   * @return where this one ended
   */
  private Moment minute(Demo demo, DemoNode active, Moment begun, Moment from)
      throws LabException, InterruptedException {
    Strain before = Strain.now();
    pausesFor(demo.pair(), ROUND.minus(BUSY));
    try (CpuLoad _ = CpuLoad.start()) {
      pausesFor(demo.pair(), BUSY);
    }
    Moment to = clock.now();
    Outcome outcome = count(new Measurement(demo.client(), from, from), active);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("noise", "minute");
    line.put("number", begun.until(to).toMinutes());
    line.put("still_serves", active.row().filter(row -> row.role().equals("active")).isPresent());
    line.put("outage_ms", outcome.outage().toMillis());
    line.put("silence_ms", demo.client().watch().silence(active.name(), from, to).toMillis());
    line.put("waited_ms", Strain.now().since(before));
    lines.accept(LINE.toJson(line));
    return to;
  }

  private Outcome count(Measurement window, DemoNode serving) throws LabException {
    Outcome outcome = window.end(clock, serving.data(), term(serving));
    if (outcome.outage().compareTo(longestOutage) > 0) {
      longestOutage = outcome.outage();
    }
    dual = dual.plus(outcome.dual());
    lostWrites += outcome.lostWrites();
    for (String node : outcome.path()) {
      if (path.isEmpty() || !path.getLast().equals(node)) {
        path.add(node);
      }
    }
    return outcome;
  }

  private void pausesFor(Pair pair, Duration duration) throws LabException, InterruptedException {
    Moment end = clock.now().plus(duration);
    while (clock.now().isBefore(end)) {
      LockSupport.parkNanos(BETWEEN_PAUSES.toNanos());
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while making noise");
      }
      DemoNode node = pair.nodes().get(random.nextInt(pair.nodes().size()));
      Duration paused = node.pause(PAUSE);
      longestPause = paused.compareTo(longestPause) > 0 ? paused : longestPause;
      pauses++;
    }
  }

  private boolean summarize(long failovers) {
    boolean ok = failovers == 0 && lostWrites == 0 && dual.isZero();
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("summary", "noise");
    line.put("minutes", time.toMinutes());
    line.put("profile", "default");
    line.put("false_failovers", failovers);
    line.put("pauses", pauses);
    line.put("pause_ms_max", longestPause.toMillis());
    line.put("outage_ms_max", longestOutage.toMillis());
    line.put("lost_writes", lostWrites);
    line.put("dual_ms", dual.toMillis());
    line.put("path", List.copyOf(path));
    line.put("ok", ok);
    lines.accept(LINE.toJson(line));
    return ok;
  }
}
