package understudy.failover;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static understudy.failover.Scene.ALPHA;
import static understudy.failover.Scene.BRAVO;
import static understudy.failover.Scene.REMOTE;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import understudy.failover.Heartbeat.Handover;
import understudy.failover.Heartbeat.Progress;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.Situation.Active;
import understudy.failover.Situation.Detached;
import understudy.failover.Situation.Frozen;
import understudy.failover.Situation.Phase;
import understudy.failover.Situation.Preparing;
import understudy.failover.Situation.Standby;
import understudy.failover.Situation.Starting;
import understudy.failover.Situation.StopCause;
import understudy.failover.Situation.Stopping;
import understudy.failover.Situation.Witnessing;
import understudy.failover.View.Probe;
import understudy.failover.View.Service;
import understudy.time.Moment;

/**
 * Every situation and every input of a small world: bravo, its peer alpha, at times a remote, or
 * bravo alone. What arbiters that ask others add is in {@link GrantSpace}.
 */
final class Space {
  static final Moment NOW = new Moment(100_000_000_000L);
  static final Moment SOON = NOW.plus(ofSeconds(2));
  static final Moment PAST = NOW.minus(ofSeconds(5));

  private Space() {}

  /** What is done with each input in each state. */
  interface Taker {
    void take(Failover failover, State state, Input input);
  }

  /** Goes through every policy, and for each through every state and every input. */
  static void explore(Taker taker) {
    for (Policy policy : policies()) {
      explore(policy, views(policy), durables(), taker);
    }
    for (Policy policy : GrantSpace.policies()) {
      explore(policy, GrantSpace.views(policy), GrantSpace.durables(), taker);
    }
  }

  private static void explore(
      Policy policy, List<View> views, List<Durable> durables, Taker taker) {
    var failover = new Failover(policy);
    List<Situation> situations = situations(policy);
    for (View view : views) {
      for (Durable durable : durables) {
        for (Situation situation : situations) {
          var state = new State(durable, view, situation);
          Consumer<Input> each = input -> taker.take(failover, state, input);
          inputs(each);
          GrantSpace.inputs(policy, each);
        }
      }
    }
  }

  private static List<Policy> policies() {
    Policy pair = Scene.policy(BRAVO);
    Policy asking =
        new Policy(
            pair.self(),
            pair.designation(),
            Map.of(ALPHA, Designation.PRIMARY, REMOTE, Designation.DR),
            pair.timing(),
            pair.arbiter(),
            OnFailure.ASK,
            false,
            Optional.of(ofSeconds(1)),
            pair.version());
    var alone =
        new Policy(
            pair.self(),
            pair.designation(),
            Map.of(),
            pair.timing(),
            pair.arbiter(),
            pair.onFailure(),
            true,
            Optional.empty(),
            pair.version());
    return List.of(pair, asking, pair.fencingFirst(), alone);
  }

  private static List<Durable> durables() {
    Durable reigned = Durable.FRESH.withReign(new Term(3));
    Durable behind = reigned.withTerm(new Term(5));
    return List.of(
        Durable.FRESH,
        reigned,
        behind,
        behind.withOffer(Optional.of(new Durable.Offer(7, ALPHA, new Term(5)))),
        reigned
            .withPause(Optional.of(new Durable.Pause(Optional.empty(), "upgrade")))
            .withPinned(Optional.of(new Durable.Pinned(ALPHA, Instant.EPOCH)))
            .withClientsHeld(true)
            .withWilling(false));
  }

  private static List<Situation> situations(Policy policy) {
    if (policy.designation() == Designation.WITNESS) {
      return List.of(new Witnessing());
    }
    var list = new ArrayList<Situation>();
    Watch calm = Watch.from(PAST);
    Watch suspicious = calm.suspecting(PAST).blocked(List.of(Rule.ISOLATED));
    for (Watch watch :
        List.of(
            calm,
            suspicious,
            suspicious.cancel(),
            calm.approved(Optional.of(new Watch.Approval(8, SOON))),
            suspicious.approved(Optional.of(new Watch.Approval(8, PAST))),
            calm.backingOff(SOON, Optional.of(new Term(3))),
            calm.followingNode(Optional.of(ALPHA))
                .working(Optional.of(new Progress(7, Stage.PREPARE, false, false, ""))),
            calm.leftoversUntil(Optional.of(PAST)))) {
      list.add(new Standby(watch));
      list.add(new Frozen(new Term(3), watch));
    }
    for (Moment until : List.of(SOON, PAST)) {
      for (Phase phase :
          List.of(
              new Phase.Fencing(SOON),
              new Phase.Fencing(PAST),
              new Phase.Settling(),
              new Phase.Resources())) {
        list.add(new Starting(phase, Rule.PROMOTED, Optional.of(8L), SOON, until));
      }
      list.add(new Starting(new Phase.Resources(), Rule.TAKES_OVER, Optional.empty(), PAST, until));
      list.add(new Active(until, false, Optional.empty()));
      list.add(new Active(until, true, Optional.of(new Preparing(7, ALPHA, true, SOON))));
      list.add(new Active(until, false, Optional.of(new Preparing(7, ALPHA, false, PAST))));
      list.add(handing(Optional.empty(), until, SOON));
      list.add(handing(Optional.of(PAST), until, SOON));
      list.add(handing(Optional.of(PAST), until, PAST));
    }
    for (StopCause cause :
        List.of(
            new StopCause.Superseded(),
            new StopCause.LostMandate(new Term(3)),
            new StopCause.Demoted(8),
            new StopCause.StartFailed(new Term(3), Optional.of(8L), "unit failed"))) {
      list.add(new Stopping(cause, SOON));
      list.add(new Stopping(cause, PAST));
    }
    list.add(new Detached());
    return list;
  }

  private static Stopping handing(Optional<Moment> stopped, Moment until, Moment deadline) {
    return new Stopping(new StopCause.HandingOver(7, ALPHA, true, stopped, until), deadline);
  }

  private static List<View> views(Policy policy) {
    var list = new ArrayList<View>();
    for (Roster<Sighting> peers : rosters(policy)) {
      for (Standing data : standings(NOW)) {
        Moment before = NOW.minus(ofMillis(100));
        View booted = State.booted(policy, Durable.FRESH, data, PAST).view();
        View view = turned(booted.withPeers(peers), before);
        list.add(view);
        list.add(view.withProbe(Probe.seen(before, true, Service.SILENT, "seen")).withFit(false));
        list.add(view.withProbe(Probe.seen(PAST, false, Service.ANSWERS, "cut off")));
        list.add(turned(view, NOW.minus(ofSeconds(20))));
      }
    }
    return list;
  }

  /** Alpha, where it is a peer, as it may have been heard; any other peer never was. */
  static List<Roster<Sighting>> rosters(Policy policy) {
    var peers = new TreeMap<NodeName, Sighting>();
    policy.peers().keySet().forEach(name -> peers.put(name, Sighting.never(PAST)));
    if (!policy.peers().containsKey(ALPHA)) {
      return List.of(Roster.of(peers));
    }
    return sightings().stream()
        .map(
            alpha -> {
              peers.put(ALPHA, alpha);
              return Roster.of(peers);
            })
        .toList();
  }

  static View turned(View view, Moment at) {
    return view.at(view.times().turned(at, view.beatDue()));
  }

  private static List<Sighting> sightings() {
    Sighting never = Sighting.never(PAST);
    var list = new ArrayList<Sighting>(List.of(never));
    Moment justNow = NOW.minus(ofMillis(300));
    list.add(
        never.heard(beat(Role.STANDBY, 3, 2), Term.NONE, Scene.TIMING.suspicion(), true, justNow));
    list.add(
        never.heard(beat(Role.ACTIVE, 3, 3), Term.NONE, Scene.TIMING.suspicion(), true, justNow));
    list.add(never.heard(beat(Role.ACTIVE, 5, 5), Term.NONE, Scene.TIMING.suspicion(), true, PAST));
    return list;
  }

  private static List<Standing> standings(Moment at) {
    return List.of(
        new Standing.NothingToCopy(),
        new Standing.Incomplete("first copy"),
        new Standing.Complete("h1", at));
  }

  static Heartbeat beat(Role role, long term, long reign) {
    return beat(role, term, reign, Optional.empty(), Optional.empty(), Optional.empty());
  }

  private static Heartbeat beat(
      Role role,
      long term,
      long reign,
      Optional<Handover> handover,
      Optional<Progress> progress,
      Optional<Term> declined) {
    return new Heartbeat(
        ALPHA,
        new Term(term),
        role,
        new Term(reign),
        true,
        true,
        false,
        "h1",
        Optional.empty(),
        handover,
        progress,
        declined,
        "1");
  }

  /** Hands every input to {@code taker} that a node can get whatever its arbiter is. */
  private static void inputs(Consumer<Input> taker) {
    for (Role role : Role.values()) {
      for (long term : List.of(2L, 3L, 5L, 6L)) {
        taker.accept(new Input.Heard(NOW, beat(role, term, term)));
        taker.accept(new Input.Heard(NOW, beat(role, term, 1)));
      }
    }
    for (Stage stage : Stage.values()) {
      for (NodeName to : List.of(BRAVO, REMOTE)) {
        for (long term : List.of(3L, 6L)) {
          var handover = Optional.of(new Handover(7, to, stage, new Term(term)));
          for (Role role : List.of(Role.ACTIVE, Role.STOPPING, Role.STANDBY)) {
            heard(taker, role, handover, Optional.empty(), Optional.empty());
          }
        }
      }
      heard(taker, Role.STANDBY, Optional.empty(), progress(stage, true), Optional.empty());
      heard(taker, Role.STANDBY, Optional.empty(), progress(stage, false), Optional.empty());
      for (Standing data : standings(NOW)) {
        taker.accept(new Input.Synced(NOW, 7, stage, data, Optional.empty()));
        taker.accept(new Input.Synced(NOW, 7, stage, data, Optional.of("cut off")));
      }
    }
    heard(taker, Role.STANDBY, Optional.empty(), Optional.empty(), Optional.of(new Term(5)));
    taker.accept(new Input.Tick(NOW));
    for (Service service : Service.values()) {
      for (boolean connected : List.of(true, false)) {
        taker.accept(
            new Input.Probed(NOW, Probe.seen(NOW.minus(ofMillis(50)), connected, service, "seen")));
      }
    }
    for (Standing data : standings(NOW)) {
      taker.accept(new Input.DataStands(NOW, data));
      taker.accept(new Input.DataSettled(NOW, new Term(3), data, Optional.empty()));
      taker.accept(new Input.DataSettled(NOW, new Term(3), data, Optional.of("disk error")));
    }
    taker.accept(new Input.Glimpsed(NOW, ALPHA));
    taker.accept(new Input.PeerFenced(NOW, ALPHA, Optional.empty()));
    taker.accept(new Input.PeerFenced(NOW, ALPHA, Optional.of("no answer")));
    taker.accept(new Input.Fitness(NOW, true));
    taker.accept(new Input.Fitness(NOW, false));
    for (long term : List.of(2L, 3L)) {
      taker.accept(new Input.ResourcesStarted(NOW, new Term(term)));
      taker.accept(new Input.StartFailed(NOW, new Term(term), "unit failed"));
    }
    taker.accept(new Input.ResourcesStopped(NOW));
    taker.accept(new Input.StopFailed(NOW, "unit hangs"));
    requests().forEach(request -> taker.accept(new Input.Asked(NOW, 99, request)));
  }

  private static void heard(
      Consumer<Input> taker,
      Role role,
      Optional<Handover> handover,
      Optional<Progress> progress,
      Optional<Term> declined) {
    taker.accept(new Input.Heard(NOW, beat(role, 6, 3, handover, progress, declined)));
  }

  private static Optional<Progress> progress(Stage stage, boolean done) {
    return Optional.of(new Progress(7, stage, done, !done, "h1"));
  }

  private static List<Request> requests() {
    return List.of(
        new Request.Switchover(true, false, Optional.empty()),
        new Request.Switchover(false, true, Optional.of(ALPHA)),
        new Request.Promote(false),
        new Request.Promote(true),
        new Request.Demote(false),
        new Request.Demote(true),
        new Request.Failback(),
        new Request.Pause(Optional.empty(), "upgrade"),
        new Request.Resume(),
        new Request.Pinned(ALPHA, Instant.EPOCH),
        new Request.Unpinned(ALPHA, Optional.empty()),
        new Request.Cancel(),
        new Request.Clients(true),
        new Request.Clients(false),
        new Request.Resolve(Optional.empty()),
        new Request.Resolve(Optional.of(ALPHA)));
  }
}
