package understudy.demo;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import understudy.api.Views;
import understudy.demo.lab.LabException;
import understudy.demo.lab.Strain;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * Breaks a pair of real daemons in network namespaces in every way that {@link Fault} knows, one
 * after the other in random order, and judges each: who serves, for how long nobody did, what was
 * lost, and above all whether two ever served at once.
 */
final class FaultsBench {
  private static final JsonType<Map<String, Object>> LINE =
      Jsonb.builder().serializeEmpty(true).build().type(Object.class).map();
  private static final Duration WRITTEN_BEFORE = Duration.ofMillis(1_500);
  private static final Duration WATCHED_ON = Duration.ofSeconds(1);
  private static final Duration LONGEST_PHASE = Duration.ofMillis(500);

  /**
   * What to play.
   *
   * @param faults in this order when {@code time} is empty, else each again and again at random
   * @param time for how long; empty: each fault once
   * @param seed of the order
   * @param majority with a witness and the arbiter {@code majority}, else with {@code peer}
   */
  record Wish(
      List<Fault> faults, Optional<Duration> time, long seed, boolean majority, boolean keep) {}

  private final Wish wish;
  private final PrintStream progress;
  private final Consumer<String> lines;
  private final Clock clock;
  private final Tally tally = new Tally();
  private final Set<Fault> leftOut = EnumSet.noneOf(Fault.class);

  /** Every write that was acknowledged since then is looked for. */
  private Moment measuredUpTo;

  FaultsBench(Wish wish, PrintStream progress, Consumer<String> lines, Clock clock) {
    this.wish = wish;
    this.progress = progress;
    this.lines = lines;
    this.clock = clock;
    this.measuredUpTo = clock.now();
  }

  /** All of one run added up. */
  private static final class Tally {
    int played;
    int bad;
    int falseFailovers;
    long dualMillis;
    long lostBeyondLag;
    long longestOutageMillis;
  }

  /**
   * Plays them all. A pair that does not come back after a fault is replaced by a new one.
   *
   * @return every fault ended as it must
   */
  boolean run() throws DemoException, LabException, InterruptedException {
    Iterator<Fault> faults = order();
    while (faults.hasNext()) {
      try (SmallData data = SmallData.write()) {
        playOnOnePair(data, faults);
      }
    }
    summarize();
    return tally.bad == 0;
  }

  private void playOnOnePair(SmallData data, Iterator<Fault> faults)
      throws DemoException, LabException, InterruptedException {
    var ground = new FaultGround[1];
    try (Demo demo = Demo.start(demoWish(data), () -> ground[0] = open(), clock)) {
      if (wish.keep()) {
        progress.println("logs and states are in " + demo.work());
      }
      ground[0].enrolWitness(demo.pair());
      ground[0].watchBothSides(demo.client());
      var deeds = new FaultDeeds(demo.pair(), ground[0]);
      measuredUpTo = clock.now();
      while (faults.hasNext()) {
        Fault fault = faults.next();
        Optional<String> obstacle = deeds.obstacle(fault);
        if (obstacle.isPresent()) {
          leaveOut(fault, obstacle.get());
          continue;
        }
        try {
          play(demo, deeds, fault);
        } catch (DemoException stuck) {
          tellStuck(fault, stuck);
          return;
        }
      }
    }
  }

  private FaultGround open() throws LabException {
    return wish.majority() ? FaultGround.openWithWitness() : FaultGround.open();
  }

  private void leaveOut(Fault fault, String obstacle) {
    if (leftOut.add(fault)) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("fault", fault.word());
      line.put("not_run", obstacle);
      lines.accept(LINE.toJson(line));
    }
  }

  private void tellStuck(Fault fault, DemoException stuck) {
    tally.played++;
    tally.bad++;
    String testimony = String.valueOf(stuck.getMessage());
    progress.println(testimony);
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("fault", fault.word());
    line.put("number", tally.played);
    line.put("ok", false);
    line.put("failed", List.of(testimony.lines().findFirst().orElse("")));
    lines.accept(LINE.toJson(line));
  }

  /** Each once; or, for long, shuffled decks, so that every fault comes, and after every other. */
  private Iterator<Fault> order() {
    if (wish.time().isEmpty()) {
      return wish.faults().iterator();
    }
    Moment end = clock.now().plus(wish.time().get());
    var random = new Random(wish.seed());
    return Stream.generate(
            () -> {
              List<Fault> deck = new ArrayList<>(wish.faults());
              Collections.shuffle(deck, random);
              return deck;
            })
        .flatMap(List::stream)
        .takeWhile(_ -> clock.now().isBefore(end))
        .iterator();
  }

  private Demo.Wish demoWish(SmallData data) {
    return new Demo.Wish(Optional.of(data.directory()), "fast", wish.keep(), progress);
  }

  private void play(Demo demo, FaultDeeds deeds, Fault fault)
      throws DemoException, LabException, InterruptedException {
    Pair pair = demo.pair();
    DemoNode active = pair.awaitProtected();
    DemoNode standby = pair.other(active);
    LockSupport.parkNanos(WRITTEN_BEFORE.toNanos());
    LockSupport.parkNanos(new Random().nextLong(LONGEST_PHASE.toNanos()));
    progress.printf(
        "%d: %s, %s serves, %s%n", tally.played + 1, fault.word(), active.name(), clock.wall());
    Moment asked = clock.now();
    Strain before = Strain.now();
    Duration lag = lag(standby);
    Moment begun = clock.now();
    deeds.inflict(fault, active);
    deeds.repair(fault);
    DemoNode serving = settled(pair);
    long term = serving.row().map(Views.NodeRow::term).orElse(0L);
    Outcome outcome =
        new Measurement(demo.client(), measuredUpTo, begun).end(clock, serving.data(), term);
    measuredUpTo = clock.now();
    var expectation =
        new Expectation(
            switch (fault.serves()) {
              case SAME -> active.name();
              case OTHER -> standby.name();
              case EITHER -> serving.name();
            },
            fault.outageAtMost(),
            fault.mayLose() ? lag.plus(asked.until(begun)) : Duration.ZERO,
            Duration.ZERO);
    if (!report(fault, active, expectation, outcome)) {
      progress.println("waited for the machine, in ms: " + Strain.now().since(before));
      progress.println(pair.histories());
    }
  }

  /** The role may still move after a repair: who serves at last, for some time. */
  private static DemoNode settled(Pair pair)
      throws DemoException, LabException, InterruptedException {
    while (true) {
      DemoNode serving = pair.awaitProtected();
      LockSupport.parkNanos(WATCHED_ON.toNanos());
      if (pair.active().filter(serving::equals).isPresent()) {
        return serving;
      }
    }
  }

  private static Duration lag(DemoNode standby) throws DemoException {
    Views.NodeRow row =
        standby.row().orElseThrow(() -> new DemoException(standby.name() + " does not answer"));
    return Steps.lagOf(standby, row);
  }

  /**
   * Tells of one fault.
   *
   * @return it ended as it must
   */
  private boolean report(Fault fault, DemoNode active, Expectation expectation, Outcome outcome) {
    List<String> failures = expectation.failures(outcome);
    boolean moved = outcome.path().stream().anyMatch(node -> !node.equals(active.name()));
    tally.played++;
    tally.bad += failures.isEmpty() ? 0 : 1;
    tally.falseFailovers += fault.serves() == Fault.Serves.SAME && moved ? 1 : 0;
    tally.dualMillis += outcome.dual().toMillis();
    tally.longestOutageMillis = Math.max(tally.longestOutageMillis, outcome.outage().toMillis());
    boolean tooMuch = outcome.lossReach().compareTo(expectation.lossReachAtMost()) > 0;
    tally.lostBeyondLag += tooMuch ? outcome.lostWrites() : 0;
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("fault", fault.word());
    line.put("number", tally.played);
    line.put("active", active.name());
    line.put("expectation", expectation.sentence());
    line.put("ok", failures.isEmpty());
    line.put("outage_ms", outcome.outage().toMillis());
    line.put("dual_ms", outcome.dual().toMillis());
    line.put("lost_writes", outcome.lostWrites());
    line.put("loss_reach_ms", outcome.lossReach().toMillis());
    line.put("path", String.join(">", outcome.path()));
    line.put("term", outcome.term());
    line.put("failed", failures);
    lines.accept(LINE.toJson(line));
    return failures.isEmpty();
  }

  private void summarize() {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("summary", "faults");
    line.put("arbiter", wish.majority() ? "majority" : "peer");
    line.put("seed", wish.seed());
    line.put("faults", tally.played);
    line.put("not_as_expected", tally.bad);
    line.put("dual_ms", tally.dualMillis);
    line.put("lost_beyond_lag", tally.lostBeyondLag);
    line.put("false_failovers", tally.falseFailovers);
    line.put("outage_ms_max", tally.longestOutageMillis);
    line.put("ok", tally.bad == 0);
    lines.accept(LINE.toJson(line));
  }

  /** The faults of these words, separated by commas; all when there are none. */
  static Optional<List<Fault>> faults(Optional<String> words) {
    if (words.isEmpty()) {
      return Optional.of(Arrays.asList(Fault.values()));
    }
    List<Optional<Fault>> found = Arrays.stream(words.get().split(",")).map(Fault::of).toList();
    return found.stream().allMatch(Optional::isPresent)
        ? Optional.of(found.stream().flatMap(Optional::stream).toList())
        : Optional.empty();
  }
}
