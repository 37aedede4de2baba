package understudy.node;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.Action;
import understudy.api.Views.Operation;
import understudy.failover.Designation;
import understudy.failover.Durable;
import understudy.failover.Role;
import understudy.failover.State;
import understudy.time.Clock;
import understudy.wire.Member;
import understudy.wire.Members;

/**
 * Pins the service of this node while its daemon is restarted: nobody takes over, because every
 * other node that could was told to pause and said yes, and nothing lapses before the pin does.
 */
final class Pinning {
  private static final Logger LOG = LoggerFactory.getLogger(Pinning.class);

  /** How long without {@code forSeconds}: enough for an upgrade. */
  static final Duration USUAL = Duration.ofMinutes(10);

  /** The service would be without protection for so long. */
  private static final Duration LONGEST = Duration.ofHours(4);

  /** The others stay paused for so much longer: their clocks are not ours. */
  private static final Duration MARGIN = Duration.ofMinutes(1);

  private final Loop loop;
  private final Operations operations;
  private final PeerCalls calls;
  private final Members members;
  private final Documents documents;
  private final Pins pins;
  private final Own own;
  private final Diary diary;
  private final Clock clock;

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
    this.calls = calls;
    this.members = members;
    this.documents = documents;
    this.pins = pins;
    this.own = own;
    this.diary = diary;
    this.clock = clock;
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
    boolean regardless = Boolean.TRUE.equals(action.evenIfPeerUnreachable());
    if (!deaf.isEmpty() && !regardless) {
      return refuseForSilent(operation, deaf);
    }
    if (Boolean.TRUE.equals(action.dryRun())) {
      return operations.end(
          operation, "done", null, "would " + sentence(clock.wall().plus(length)), null);
    }
    return pinAndTell(operation, length, others, regardless, by);
  }

  private List<Member> others() {
    return members.peers().stream().filter(it -> it.designation() != Designation.WITNESS).toList();
  }

  /**
   * Tells the others once more, right before the daemon ends: a person may have ended their pause
   * since. False: one that is heard does not wait. Blocks meanwhile.
   */
  boolean isStillGood(Pins.Pin pin, String by) {
    Duration left = clock.now().until(pin.until());
    Action pause = pause(loop.state().durable().pause(), left, pin.untilWall());
    return others().stream()
        .filter(peer -> documents.isHeard(peer.name()))
        .allMatch(peer -> isPaused(peer, pause, by));
  }

  private Operation pinAndTell(
      long operation, Duration length, List<Member> others, boolean regardless, String by) {
    Optional<Durable.Pause> before = loop.state().durable().pause();
    // first our own end, then the others': theirs is the later one whatever the calls take
    Instant until = clock.wall().plus(length);
    Action pause = pause(before, length, until);
    var told = new ArrayList<Member>();
    for (Member peer : others) {
      if (isPaused(peer, pause, by)) {
        told.add(peer);
      } else if (!regardless) {
        if (before.isEmpty()) {
          told.forEach(it -> tell(it, Action.of(Action.Kind.RESUME), by));
        }
        return refuseForSilent(operation, List.of(peer.name().value()));
      }
    }
    own.act(pause, by);
    try {
      Pins.Pin pin = pins.set(length, before.isPresent());
      diary.note("PINNED", sentence(pin.untilWall()), List.of("by " + by, "told: " + names(told)));
      return operations.end(
          operation,
          "done",
          null,
          sentence(pin.untilWall())
              + "; it ends when the daemon is back, or with: understudy resume",
          null);
    } catch (IOException full) {
      return operations.end(
          operation, "failed", "not-saved", String.valueOf(full.getMessage()), "free space");
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

  /** A pause that was there already and lasts longer stays. */
  private Action pause(Optional<Durable.Pause> before, Duration length, Instant until) {
    Instant end = until.plus(MARGIN);
    boolean isOpen = before.isPresent() && before.get().until().isEmpty();
    Optional<Instant> later = before.flatMap(Durable.Pause::until).filter(it -> it.isAfter(end));
    long seconds =
        later
            .map(it -> Duration.between(clock.wall(), it).toSeconds())
            .orElse(length.plus(MARGIN).toSeconds());
    String why =
        loop.failover().policy().self()
            + " restarts its daemon, its service goes on until "
            + until;
    return new Action(
        Action.Kind.PAUSE,
        null,
        null,
        null,
        isOpen ? null : seconds,
        null,
        null,
        null,
        null,
        why,
        null,
        null);
  }

  private boolean isPaused(Member peer, Action pause, String by) {
    return tell(peer, pause, by).filter(it -> it.state().equals("done")).isPresent();
  }

  private Optional<Operation> tell(Member peer, Action action, String by) {
    try {
      return calls.act(peer, action, by, Optional.empty());
    } catch (IOException unreachable) {
      LOG.warn("{} could not be told to {}: {}", peer.name(), action.kind().word(), unreachable);
      return Optional.empty();
    }
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

  /**
   * Called every second: the daemon is back and serves, so the pin has done its work; or another
   * node serves, so it is void.
   */
  void settle() {
    Optional<Pins.Pin> inherited = pins.current().filter(Pins.Pin::isInherited);
    Role role = loop.state().role();
    if (inherited.isEmpty() || role == Role.STARTING) {
      return;
    }
    boolean isOver = role == Role.ACTIVE;
    boolean isVoid =
        role != Role.ACTIVE
            && loop.state().view().peers().values().stream()
                .anyMatch(
                    it ->
                        it.last().filter(beat -> beat.mayServe()).isPresent()
                            && it.isHeard(
                                loop.failover().policy().timing().suspicion(), clock.now()));
    if (!isOver && !isVoid) {
      return;
    }
    pins.drop();
    if (isOver && !inherited.get().keepsPause()) {
      String by = "the daemon, which is back";
      own.act(Action.of(Action.Kind.RESUME), by);
      members.peers().forEach(peer -> tell(peer, Action.of(Action.Kind.RESUME), by));
    }
    diary.note(
        "UNPINNED",
        isOver
            ? "the daemon is back and serves: nothing is pinned any more"
            : "another node serves",
        List.of());
  }
}
