package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.failover.Designation;
import understudy.failover.Durable;
import understudy.failover.Effect;
import understudy.failover.Failover;
import understudy.failover.Heartbeat;
import understudy.failover.Input;
import understudy.failover.NodeName;
import understudy.failover.OnFailure;
import understudy.failover.Policy;
import understudy.failover.Request;
import understudy.failover.Role;
import understudy.failover.Rule;
import understudy.failover.Situation;
import understudy.failover.Standing;
import understudy.failover.State;
import understudy.failover.Step;
import understudy.failover.Term;
import understudy.failover.Timing;
import understudy.failover.arbiter.PeerArbiter;
import understudy.linux.NotifySocket;
import understudy.store.NodeStore;
import understudy.time.Moment;
import understudy.time.SystemClock;

class LoopTest {
  private static final NodeName BETA = new NodeName("beta");

  /** A disk on which nothing can be written any more. */
  private static final class FullDisk implements NodeStore {
    @Override
    public Remembered load() {
      return new Remembered.Nothing();
    }

    @Override
    public void save(Durable durable) throws IOException {
      throw new IOException("no space left on device");
    }
  }

  /** A disk that takes everything. */
  private static final class EmptyDisk implements NodeStore {
    @Override
    public Remembered load() {
      return new Remembered.Nothing();
    }

    @Override
    public void save(Durable durable) {}
  }

  /** A disk that is full until somebody makes room. */
  private static final class FilledDisk implements NodeStore {
    volatile boolean hasRoom;

    @Override
    public Remembered load() {
      return new Remembered.Nothing();
    }

    @Override
    public void save(Durable durable) throws IOException {
      if (!hasRoom) {
        throw new IOException("no space left on device");
      }
    }
  }

  /** Keeps the effects that the loop hands out. */
  private static final class Notes implements Loop.Hands {
    final BlockingQueue<Effect> effects = new LinkedBlockingQueue<>();

    @Override
    public void run(Effect effect, Failover failover, State state) {
      effects.add(effect);
    }

    @Override
    public void note(Failover failover, State before, Step step) {}

    @Override
    public void turned() {}

    @Override
    public void broke(Throwable bug) {
      throw new AssertionError(bug);
    }

    @Nullable Effect await(Class<? extends Effect> kind, Duration within)
        throws InterruptedException {
      long deadline = System.nanoTime() + within.toNanos();
      for (long left = within.toNanos(); left > 0; left = deadline - System.nanoTime()) {
        Effect effect = effects.poll(left, TimeUnit.NANOSECONDS);
        if (kind.isInstance(effect)) {
          return effect;
        }
      }
      return null;
    }
  }

  private static Policy policy(Map<NodeName, Designation> peers) {
    return new Policy(
        new NodeName("alpha"),
        Designation.PRIMARY,
        peers,
        new Timing(
            Duration.ofMillis(100),
            4,
            Duration.ofMillis(100),
            Duration.ofSeconds(1),
            Duration.ofMillis(650),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10)),
        new PeerArbiter(),
        OnFailure.PROMOTE,
        false,
        Optional.empty(),
        "test");
  }

  @Test
  void aFullDiskKeepsANodeFromClaiming() throws InterruptedException {
    Policy alone = policy(Map.of());
    var notes = new Notes();
    try (var loop =
        new Loop(
            new Failover(alone),
            at -> State.booted(alone, Durable.FRESH, new Standing.NothingToCopy(), at),
            new Inbox(),
            new FullDisk(),
            new SystemClock(),
            Duration.ofMillis(20),
            notes)) {
      loop.start();

      awaitTrouble(loop, true);

      assertThat(notes.await(Effect.SettleData.class, Duration.ofMillis(100))).isNull();
      assertThat(loop.state().role()).isEqualTo(Role.STANDBY);
    }
  }

  @Test
  void theWatchdogOfTheServiceManagerStarvesWhenTheLoopHangsThoughTheProcessLives(
      @TempDir Path directory) throws Exception {
    Path place = directory.resolve("n");
    var hang = new CountDownLatch(1);
    var hangs = new CountDownLatch(1);
    var clock = new SystemClock();
    Duration limit = Duration.ofMillis(400);
    try (var manager = new NotifySocket(place)) {
      var supervisor =
          new Supervisor(
              Map.of(
                  "NOTIFY_SOCKET", place.toString(),
                  "WATCHDOG_USEC", Long.toString(limit.toMillis() * 1000)),
              clock);
      var hands =
          new Loop.Hands() {
            @Override
            public void run(Effect effect, Failover failover, State state) {
              if (hangs.getCount() == 0) {
                awaitUninterruptibly(hang);
              }
            }

            @Override
            public void note(Failover failover, State before, Step step) {}

            @Override
            public void turned() {
              supervisor.alive();
            }

            @Override
            public void broke(Throwable bug) {
              throw new AssertionError(bug);
            }
          };
      Policy pair = policy(Map.of(BETA, Designation.SECONDARY));
      try (var loop =
          new Loop(
              new Failover(pair),
              at -> State.booted(pair, Durable.FRESH, new Standing.NothingToCopy(), at),
              new Inbox(),
              new EmptyDisk(),
              clock,
              Duration.ofMillis(20),
              hands)) {
        loop.start();
        for (int feed = 0; feed < 3; feed++) {
          manager.await(it -> it.equals("WATCHDOG=1"), Duration.ofSeconds(5));
        }

        hangs.countDown();

        awaitSilence(loop, clock, limit);
        drain(manager);
        assertThatThrownBy(
                () -> manager.await(it -> it.equals("WATCHDOG=1"), limit.multipliedBy(2)))
            .isInstanceOf(AssertionError.class);
        hang.countDown();
      }
    }
  }

  private static void awaitSilence(Loop loop, SystemClock clock, Duration limit)
      throws InterruptedException {
    long end = System.nanoTime() + Duration.ofSeconds(5).toNanos();
    while (loop.turnedAt().until(clock.now()).compareTo(limit) <= 0) {
      assertThat(System.nanoTime()).as("the loop goes on turning").isLessThan(end);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  /** What was said before is no proof of life now. */
  private static void drain(NotifySocket manager) throws Exception {
    try {
      manager.await(_ -> false, Duration.ofMillis(50));
    } catch (AssertionError nothingMore) {
      assertThat(nothingMore).hasMessageContaining("no such message");
    }
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void aWishThatCannotBeRememberedIsRefused() throws InterruptedException {
    Policy alone = policy(Map.of());
    var notes = new Notes();
    var inbox = new Inbox();
    try (var loop =
        new Loop(
            new Failover(alone),
            at -> State.booted(alone, Durable.FRESH, new Standing.NothingToCopy(), at),
            inbox,
            new FullDisk(),
            new SystemClock(),
            Duration.ofMillis(20),
            notes)) {
      loop.start();

      inbox.post(at -> new Input.Asked(at, 7, new Request.Pause(Optional.empty(), "upgrade")));

      assertThat(notes.await(Effect.Answer.class, Duration.ofSeconds(5)))
          .isEqualTo(
              new Effect.Answer(
                  7,
                  new Effect.Reply.Refused(
                      Rule.NOT_SAVED,
                      List.of("java.io.IOException: no space left on device"),
                      Optional.empty())));
    }
  }

  @Test
  void roomOnTheDiskIsNoticedThoughNothingHasToBeSaved() throws InterruptedException {
    Policy pair = policy(Map.of(BETA, Designation.SECONDARY));
    var demoted =
        new Durable(new Term(3), new Term(2), false, Optional.empty(), Optional.empty(), false);
    var disk = new FilledDisk();
    var inbox = new Inbox();
    try (var loop =
        new Loop(
            new Failover(pair),
            at -> State.booted(pair, demoted, new Standing.NothingToCopy(), at),
            inbox,
            disk,
            new SystemClock(),
            Duration.ofMillis(20),
            new Notes())) {
      loop.start();
      inbox.post(at -> new Input.Asked(at, 7, new Request.Pause(Optional.empty(), "upgrade")));
      awaitTrouble(loop, true);

      disk.hasRoom = true;
      awaitTrouble(loop, false);

      assertThat(loop.state().durable()).isEqualTo(demoted);
    }
  }

  private static void awaitTrouble(Loop loop, boolean isThere) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (loop.savingTrouble().isPresent() != isThere && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(loop.savingTrouble().isPresent()).isEqualTo(isThere);
  }

  @Test
  void aFullDiskNeverKeepsANodeServingBesideALaterTerm() throws InterruptedException {
    Policy pair = policy(Map.of(BETA, Designation.SECONDARY));
    var serves =
        new Durable(new Term(3), new Term(3), true, Optional.empty(), Optional.empty(), false);
    var inbox = new Inbox();
    var notes = new Notes();
    var later =
        new Heartbeat(
            BETA,
            new Term(4),
            Role.ACTIVE,
            new Term(4),
            true,
            true,
            false,
            "",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "test");
    try (var loop =
        new Loop(
            new Failover(pair),
            at -> active(pair, serves, at),
            inbox,
            new FullDisk(),
            new SystemClock(),
            Duration.ofMillis(20),
            notes)) {
      loop.start();
      inbox.post(at -> new Input.Heard(at, later));

      assertThat(notes.await(Effect.Fence.class, Duration.ofSeconds(10))).isNotNull();
      assertThat(loop.state().role()).isEqualTo(Role.STOPPING);
    }
  }

  private static State active(Policy policy, Durable durable, Moment at) {
    State booted = State.booted(policy, durable, new Standing.NothingToCopy(), at);
    var active = new Situation.Active(at.plus(Duration.ofSeconds(60)), false, Optional.empty());
    return new State(durable, booted.view(), active);
  }
}
