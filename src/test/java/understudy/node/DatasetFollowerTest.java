package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static understudy.node.RunningNodes.await;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import understudy.failover.NodeName;
import understudy.failover.Term;
import understudy.sync.Eagerness;
import understudy.sync.SyncProgress;
import understudy.sync.SyncRefused;
import understudy.sync.SyncResult;
import understudy.sync.plan.Generation;
import understudy.sync.plan.Hash;
import understudy.sync.plan.SyncSchedule;
import understudy.sync.plan.Totals;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.time.SystemClock;

/** When a dataset is looked at again, by a clock that goes on only in the runs. */
class DatasetFollowerTest {
  private static final Duration PACE = Duration.ofMillis(400);
  private static final Duration LONG = Duration.ofHours(1);
  private static final Duration MOMENT = Duration.ofMillis(200);

  private final AtomicLong passedNanos = new AtomicLong();
  private final AtomicInteger runs = new AtomicInteger();
  private final Clock clock =
      new Clock() {
        private final Moment now = new SystemClock().now();
        private final Instant wall = Instant.parse("2026-01-31T12:00:00Z");

        @Override
        public Moment now() {
          return now.plus(Duration.ofNanos(passedNanos.get()));
        }

        @Override
        public Instant wall() {
          return wall.plusNanos(passedNanos.get());
        }
      };

  private DatasetFollower follower(Duration look, Duration fetch) {
    var itself = new CompletableFuture<DatasetFollower>();
    var follower =
        new DatasetFollower(
            "files",
            new SyncSchedule.Continuous(PACE),
            clock,
            (source, eagerness) -> {
              tell(itself.join(), SyncProgress.LOOKING);
              passedNanos.addAndGet(look.toNanos());
              tell(itself.join(), "comparing");
              passedNanos.addAndGet(fetch.toNanos());
              return done();
            },
            (result, begunAt) -> runs.incrementAndGet());
    itself.complete(follower);
    follower.follow(Optional.of(new NodeName("alpha")));
    follower.start();
    return follower;
  }

  private static void tell(DatasetFollower follower, String phase) {
    follower.note(new SyncProgress("files", phase, 0, 0, 0, 0));
  }

  private SyncResult done() {
    var run = new SyncResult.Run("files", clock.wall(), clock.wall(), 1, 1, 0, 1);
    var generation =
        new Generation(
            "files",
            List.of(),
            new Term(1),
            new NodeName("alpha"),
            Hash.over(new byte[0]),
            clock.wall(),
            Totals.NONE);
    return new SyncResult.Done(run, generation, Optional.empty());
  }

  @Test
  void aRunThatBroughtMuchIsFollowedByTheNextOneAtOnce() throws Exception {
    try (DatasetFollower _ = follower(Duration.ZERO, LONG)) {
      await("three runs", () -> runs.get() >= 3);
    }
  }

  @Test
  void aLongLookIsFollowedByARest() throws Exception {
    try (DatasetFollower _ = follower(LONG, Duration.ZERO)) {
      await("the first run", () -> runs.get() == 1);
      Thread.sleep(MOMENT); // in which no other one may begin
      assertThat(runs.get()).isEqualTo(1);
    }
  }

  @Test
  void aScheduledRunThatFailedIsMadeAgainLongBeforeTheNextOneIsDueEachTimeLater() throws Exception {
    try (DatasetFollower follower = failing(Optional.empty())) {
      Instant begun = clock.wall();
      await("the first run", () -> runs.get() == 1);
      assertThat(follower.nextDue()).contains(begun.plusSeconds(60));
      passedNanos.addAndGet(Duration.ofSeconds(60).toNanos());
      follower.hold(false); // looks at the clock
      await("the second run", () -> runs.get() == 2);
      assertThat(follower.nextDue()).contains(begun.plusSeconds(60 + 120));
    }
  }

  @Test
  void whatFailedWithOneSourceIsTriedAtOnceWithAnother() throws Exception {
    try (DatasetFollower follower = failing(Optional.empty())) {
      await("the first run", () -> runs.get() == 1);
      follower.follow(Optional.of(new NodeName("gamma")));
      await("the second run", () -> runs.get() == 2);
    }
  }

  @Test
  void aScheduledRunThatAsksAPersonWaitsForTheAnswer() throws Exception {
    var asked = new SyncRefused.Asked(9, 10, List.of());
    try (DatasetFollower follower = failing(Optional.of(asked))) {
      await("the first run", () -> runs.get() == 1);
      assertThat(follower.nextDue()).contains(clock.wall().plus(LONG.multipliedBy(12)));
    }
  }

  @Test
  void aRunThatBreaksIsAFailedOneAndTheNextOneComes() throws Exception {
    var results = new CopyOnWriteArrayList<SyncResult>();
    var bugs = new ArrayDeque<Throwable>();
    bugs.add(new IllegalArgumentException("there is no dataset 'files'"));
    bugs.add(new StackOverflowError());
    var follower =
        new DatasetFollower(
            "files",
            new SyncSchedule.Every(LONG.multipliedBy(12), LocalTime.MIDNIGHT),
            clock,
            (source, eagerness) -> broken(bugs.poll()),
            (result, begunAt) -> {
              results.add(result);
              if (results.size() == 3) {
                throw new IllegalStateException("the listener broke");
              }
            });
    try (follower) {
      follower.follow(Optional.of(new NodeName("alpha")));
      follower.start();
      await("the first run", () -> results.size() == 1);
      for (int at = 0; at < 3; at++) {
        assertThat(follower.runNow(Eagerness.AT_ONCE).get(10, TimeUnit.SECONDS)).isNotNull();
      }
    }
    assertThat(results)
        .extracting(result -> result instanceof SyncResult.Failed failed ? failed.reason() : "done")
        .containsExactly(
            "the run broke: java.lang.IllegalArgumentException: there is no dataset 'files'",
            "the run broke: java.lang.StackOverflowError",
            "done",
            "done");
  }

  private SyncResult broken(@Nullable Throwable bug) {
    return switch (bug) {
      case null -> done();
      case Error error -> throw error;
      case RuntimeException exception -> throw exception;
      default -> throw new AssertionError(bug);
    };
  }

  /** Follows twice a day, and no run succeeds. */
  private DatasetFollower failing(Optional<SyncRefused.Asked> asked) {
    var run = new SyncResult.Run("files", clock.wall(), clock.wall(), 0, 0, 0, 0);
    var follower =
        new DatasetFollower(
            "files",
            new SyncSchedule.Every(LONG.multipliedBy(12), LocalTime.MIDNIGHT),
            clock,
            (source, eagerness) ->
                new SyncResult.Failed(
                    run, SyncRefused.Code.CONNECTION, "it is cut", "mend it", asked),
            (result, begunAt) -> runs.incrementAndGet());
    follower.follow(Optional.of(new NodeName("alpha")));
    follower.start();
    return follower;
  }
}
