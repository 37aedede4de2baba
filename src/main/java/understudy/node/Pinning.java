package understudy.node;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.api.Action;
import understudy.api.Views.Operation;
import understudy.failover.Designation;
import understudy.failover.Role;
import understudy.failover.State;
import understudy.failover.Term;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.wire.Member;
import understudy.wire.Members;

/**
 * Pins the service of this node while its daemon is restarted: nobody takes over, because every
 * other node that could was told not to and said yes, and nothing lapses before the pin does.
 */
final class Pinning {
  /** How long without {@code forSeconds}: enough for an upgrade. */
  static final Duration USUAL = Duration.ofMinutes(10);

  /** The service would be without protection for so long. */
  private static final Duration LONGEST = Duration.ofHours(4);

  /** The others wait for so much longer: telling takes time, and their clocks are not ours. */
  private static final Duration MARGIN = Duration.ofMinutes(1);

  /** No node tells another of a longer time. */
  static final Duration LONGEST_TOLD = LONGEST.plus(MARGIN);

  private final Loop loop;
  private final Operations operations;
  private final Members members;
  private final Documents documents;
  private final Pins pins;
  private final Own own;
  private final Diary diary;
  private final Clock clock;
  private final Term reignAtBoot;

  /** Its lock orders what the others are told. */
  private final PinWord word;

  private boolean isFirstLook = true;
  private boolean isLeaving;

  /** What this node itself is told. */
  interface Own {
    Operation act(Action action, String by);
  }

  Pinning(
      Loop loop,
      Operations operations,
      PeerCalls calls,
      Members members,
      Documents documents,
      Pins pins,
      Own own,
      Diary diary,
      Clock clock) {
    this.loop = loop;
    this.operations = operations;
    this.members = members;
    this.documents = documents;
    this.pins = pins;
    this.own = own;
    this.diary = diary;
    this.clock = clock;
    this.word = new PinWord(calls, members, documents, clock);
    this.reignAtBoot = loop.state().durable().reign();
  }

  /** Pins this node's service. Blocks while the others are told. */
  Operation pin(Action action, String by, Optional<String> key) {
    long operation = operations.begin(action, key);
    State state = loop.state();
    if (state.role() != Role.ACTIVE) {
      return refuse(
          operation,
          "not-active",
          "this node is " + state.role().word() + ": there is nothing to pin",
          "its daemon may be stopped and started at any time");
    }
    Duration length = action.forSeconds() == null ? USUAL : Duration.ofSeconds(action.forSeconds());
    if (length.compareTo(LONGEST) > 0) {
      return refuse(
          operation,
          "too-long",
          "a pinned service is without protection: at most " + Verdict.brief(LONGEST),
          "pin it anew when more time is needed");
    }
    List<Member> others = others();
    List<String> deaf =
        others.stream()
            .filter(peer -> !documents.isHeard(peer.name()))
            .map(peer -> peer.name().value())
            .toList();
    if (!deaf.isEmpty() && !isRegardless(action)) {
      return refuseForSilent(operation, deaf);
    }
    if (Boolean.TRUE.equals(action.dryRun())) {
      return operations.end(
          operation, "done", null, "would " + sentence(clock.wall().plus(length)), null);
    }
    return pinAndTell(operation, action, length, others, by);
  }

  private static boolean isRegardless(Action action) {
    return Boolean.TRUE.equals(action.evenIfPeerUnreachable());
  }

  private List<Member> others() {
    return members.peers().stream().filter(it -> it.designation() != Designation.WITNESS).toList();
  }

  /**
   * The daemon ends now: the others are told once more, and nothing here ends the pin any more.
   * False: it has ended, or one that is heard would not wait. Blocks meanwhile.
   */
  boolean isLeavingWith(Pins.Pin pin) {
    synchronized (word) {
      if (!pins.current().equals(Optional.of(pin))) {
        return false;
      }
      word.owesNobody();
      Duration left = clock.now().until(pin.until());
      isLeaving =
          others().stream()
              .filter(peer -> documents.isHeard(peer.name()))
              .allMatch(peer -> word.isTaken(peer, left.plus(MARGIN)));
      return isLeaving;
    }
  }

  /** The daemon does not end with a pin after all. */
  void stay() {
    synchronized (word) {
      isLeaving = false;
    }
  }

  private Operation pinAndTell(
      long operation, Action action, Duration length, List<Member> others, String by) {
    synchronized (word) {
      word.owesNobody();
      boolean keepsPause =
          pins.current()
              .map(Pins.Pin::keepsPause)
              .orElseGet(() -> loop.state().durable().pause().isPresent());
      Moment until = clock.now().plus(length); // before theirs, whatever the telling takes
      Instant untilWall = clock.wall().plus(length);
      var told = new ArrayList<Member>();
      for (Member peer : others) {
        if (word.isTaken(peer, length.plus(MARGIN))) {
          told.add(peer);
        } else if (!isRegardless(action)) {
          giveUp(others);
          return refuseForSilent(operation, List.of(peer.name().value()));
        }
      }
      try {
        Pins.Pin pin = pins.set(until, untilWall, keepsPause);
        if (!keepsPause) {
          own.act(pause(length, pin.untilWall()), by);
        }
        diary.note(
            "PINNED",
            sentence(pin.untilWall()),
            List.of("by " + by, action.why(), "told: " + names(told)));
        return operations.end(
            operation,
            "done",
            null,
            sentence(pin.untilWall())
                + "; it ends when the daemon is back, or with: understudy resume",
            null);
      } catch (IOException full) {
        giveUp(others);
        return operations.end(
            operation, "failed", "not-saved", String.valueOf(full.getMessage()), "free space");
      }
    }
  }

  /** Also who seems not to have heard it may have; an earlier pin that still holds stays. */
  private void giveUp(List<Member> others) {
    if (pins.current().isEmpty()) {
      word.owes(others);
    }
  }

  private static String names(List<Member> members) {
    return members.isEmpty()
        ? "nobody, there is no other node"
        : String.join(", ", members.stream().map(it -> it.name().value()).toList());
  }

  private static String sentence(Instant until) {
    return "keep the service as it is while its daemon is away, until "
        + until.truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
        + "; no node takes over meanwhile";
  }

  private Action pause(Duration length, Instant until) {
    return new Action(
        Action.Kind.PAUSE,
        null,
        null,
        null,
        length.plus(MARGIN).toSeconds(),
        null,
        null,
        null,
        null,
        loop.failover().policy().self()
            + " restarts its daemon, its service goes on until "
            + until,
        null,
        null);
  }

  private Operation refuseForSilent(long operation, List<String> silent) {
    return refuse(
        operation,
        "peer-not-told",
        String.join(", ", silent)
            + " cannot be told not to take over, and would make a second node that serves",
        "when it is switched off for sure: --even-if-peer-unreachable");
  }

  private Operation refuse(long operation, String code, String why, String fix) {
    return operations.end(operation, "refused", code, why, fix);
  }

  /** Nothing is pinned any more, which the others are told within seconds. */
  void release() {
    synchronized (word) {
      if (!isLeaving) {
        word.owes(others());
        pins.drop();
      }
    }
  }

  /** As {@link #release}; who is heard has been told when this returns. */
  void releaseNow() {
    release();
    word.tellReleased();
  }

  /**
   * Called every second: the daemon is back and serves, so the pin has done its work; or another
   * node serves, or this one could not go on, so it is void.
   */
  void settle() {
    if (isFirstLook || pins.isStale()) {
      isFirstLook = false;
      releaseUnlessPinned();
    }
    word.tellReleasedBeside();
    Optional<Pins.Pin> pin = pins.current();
    Optional<String> end = pin.isPresent() ? end(pin.get(), loop.state()) : Optional.empty();
    if (end.isEmpty() || !isReleased(pin.get())) {
      return;
    }
    if (!pin.get().keepsPause()) {
      own.act(Action.of(Action.Kind.RESUME), "the daemon, whose pin is over");
    }
    diary.note("UNPINNED", end.get(), List.of());
  }

  /** False: it was pinned anew meanwhile, or the daemon is just leaving with it. */
  private boolean isReleased(Pins.Pin pin) {
    synchronized (word) {
      if (isLeaving || !pins.current().equals(Optional.of(pin))) {
        return false;
      }
      release();
      return true;
    }
  }

  /** An earlier life may have ended before everybody had heard that its pin was over. */
  private void releaseUnlessPinned() {
    synchronized (word) {
      if (pins.current().isEmpty()) {
        release();
      }
    }
  }

  /** Why nothing is pinned any more; empty: it still is. */
  private Optional<String> end(Pins.Pin pin, State state) {
    boolean hasServed = !pin.isInherited() || state.durable().reign().isAfter(reignAtBoot);
    boolean isPassive = state.role() == Role.STANDBY || state.role() == Role.FROZEN;
    if (pin.isInherited() && state.role() == Role.ACTIVE) {
      return Optional.of("the daemon is back and serves: nothing is pinned any more");
    }
    if (isPassive && hasServed) {
      return Optional.of("this node does not serve any more");
    }
    return isServedElsewhere(state) ? Optional.of("another node serves") : Optional.empty();
  }

  private boolean isServedElsewhere(State state) {
    Duration suspicion = loop.failover().policy().timing().suspicion();
    return (state.role() == Role.STANDBY || state.role() == Role.FROZEN)
        && state.view().peers().values().stream()
            .filter(peer -> peer.isHeard(suspicion, clock.now()))
            .anyMatch(peer -> peer.last().filter(beat -> beat.mayServe()).isPresent());
  }
}
