package understudy.failover;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import understudy.failover.Effect.Reply;
import understudy.failover.Heartbeat.Handover;
import understudy.failover.Heartbeat.Progress;
import understudy.failover.Heartbeat.Stage;
import understudy.failover.View.Probe;
import understudy.failover.View.Service;
import understudy.failover.arbiter.PeerArbiter;
import understudy.time.Moment;

/**
 * One node on a stage: its peers say what the test lets them say, the network looks as the test has
 * it, time passes in ticks. Probes are answered by themselves.
 */
final class Scene {
  static final NodeName ALPHA = new NodeName("alpha");
  static final NodeName BRAVO = new NodeName("bravo");
  static final NodeName REMOTE = new NodeName("remote");
  static final Duration TICK = ofMillis(125);
  static final Timing TIMING =
      new Timing(
          ofMillis(500),
          4,
          ofMillis(500),
          ofSeconds(3),
          ofMillis(2400),
          ofSeconds(60),
          ofSeconds(30),
          ofSeconds(60),
          ofSeconds(120));

  private Failover failover;
  private Moment now = new Moment(0);
  private State state;
  private boolean connected = true;
  private Service service = Service.SILENT;
  private boolean answersProbes = true;
  private boolean full;
  private Optional<Heartbeat> companion = Optional.empty();
  private final List<Step> steps = new ArrayList<>();

  private Scene(Policy policy, Durable durable, Standing data) {
    this.failover = new Failover(policy);
    this.state = State.booted(policy, durable, data, now);
  }

  static Policy policy(NodeName self) {
    Map<NodeName, Designation> peers =
        self.equals(ALPHA)
            ? Map.of(BRAVO, Designation.SECONDARY)
            : Map.of(ALPHA, Designation.PRIMARY);
    var designation = self.equals(ALPHA) ? Designation.PRIMARY : Designation.SECONDARY;
    return new Policy(
        self,
        designation,
        peers,
        TIMING,
        new PeerArbiter(),
        OnFailure.PROMOTE,
        true,
        Optional.empty(),
        "1");
  }

  static Scene booted(Policy policy, Durable durable) {
    return new Scene(policy, durable, new Standing.Complete("h1", new Moment(0)));
  }

  static Scene booted(Policy policy, Durable durable, Standing data) {
    return new Scene(policy, durable, data);
  }

  /** Bravo, standby of an alpha that serves in term 5. */
  static Scene standby() {
    return standby(policy(BRAVO));
  }

  static Scene standby(Policy policy) {
    return booted(policy, Durable.FRESH)
        .hears(says(ALPHA).active(5))
        .feeds(at -> new Input.DataStands(at, new Standing.Complete("h1", at)));
  }

  /** Alpha, serving in term 1 with a standby bravo in touch. */
  static Scene active() {
    return active(policy(ALPHA));
  }

  static Scene active(Policy policy) {
    return booted(policy, Durable.FRESH)
        .hears(says(BRAVO).standby(0))
        .hears(says(BRAVO).standby(1))
        .settles()
        .starts()
        .accompaniedBy(says(BRAVO).standby(1));
  }

  /** Alpha, which served in term 1, was cut off and has given up; still cut off. */
  static Scene frozen() {
    return active().network(false, Service.SILENT).silence().passes(ofMillis(2700)).stops();
  }

  static Durable reignedIn(long term) {
    return Durable.FRESH.servingOn(new Term(term));
  }

  // What happens

  Scene feeds(Function<Moment, Input> news) {
    now = now.plus(ofMillis(1));
    take(news.apply(now));
    return this;
  }

  private void take(Input input) {
    Step step = failover.step(state, input);
    if (full) {
      step = failover.withoutSaving(state, input, step, state.durable(), "no space left");
    }
    steps.add(step);
    state = step.next();
    if (answersProbes && step.effects().contains(new Effect.Probe())) {
      feeds(at -> new Input.Probed(at, Probe.seen(at, connected, service, "as staged")));
    }
  }

  Scene hears(Says speaker) {
    return feeds(at -> new Input.Heard(at, speaker.heartbeat()));
  }

  /** From now on this heartbeat comes every interval. */
  Scene accompaniedBy(Says speaker) {
    companion = Optional.of(speaker.heartbeat());
    return hears(speaker);
  }

  Scene silence() {
    companion = Optional.empty();
    return this;
  }

  /** Time passes, tick by tick; a companion keeps talking. */
  Scene passes(Duration duration) {
    Moment end = now.plus(duration);
    for (int tick = 1; now.plus(TICK).isBefore(end); tick++) {
      now = now.plus(TICK);
      take(new Input.Tick(now));
      if (companion.isPresent() && tick % 4 == 0) {
        Heartbeat heartbeat = companion.get();
        feeds(at -> new Input.Heard(at, heartbeat));
      }
    }
    now = Moment.laterOf(now, end);
    take(new Input.Tick(now));
    return this;
  }

  /** The process does not run for so long. */
  Scene sleeps(Duration duration) {
    now = now.plus(duration);
    return this;
  }

  Scene network(boolean isConnected, Service sees) {
    connected = isConnected;
    service = sees;
    return this;
  }

  Scene leavesProbesUnanswered() {
    answersProbes = false;
    return this;
  }

  /** The disk takes nothing, or again. */
  Scene disk(boolean isFull) {
    full = isFull;
    return this;
  }

  Scene asks(long operation, Request request) {
    return feeds(at -> new Input.Asked(at, operation, request));
  }

  Scene settles() {
    return feeds(
        at ->
            new Input.DataSettled(
                at, state.durable().reign(), state.view().data(), Optional.empty()));
  }

  Scene starts() {
    return feeds(at -> new Input.ResourcesStarted(at, state.durable().reign()));
  }

  Scene stops() {
    return feeds(Input.ResourcesStopped::new);
  }

  Scene under(UnaryOperator<Policy> change) {
    failover = new Failover(change.apply(failover.policy()));
    return this;
  }

  // What came of it

  State state() {
    return state;
  }

  Role role() {
    return state.role();
  }

  Term term() {
    return state.durable().term();
  }

  Moment now() {
    return now;
  }

  Step last() {
    return steps.getLast();
  }

  Watch watch() {
    return state
        .situation()
        .watching()
        .orElseThrow(() -> new AssertionError("watches nothing: " + state.situation()));
  }

  List<Rule> rules() {
    return steps.stream().map(Step::rule).filter(rule -> rule != Rule.NOTHING).toList();
  }

  List<Effect> effects() {
    return steps.stream().flatMap(step -> step.effects().stream()).toList();
  }

  /** What was answered to an operation, in order. */
  List<Reply> replies(long operation) {
    return effects().stream()
        .filter(effect -> effect instanceof Effect.Answer(long number, _) && number == operation)
        .map(effect -> ((Effect.Answer) effect).reply())
        .toList();
  }

  boolean isRefused(long operation, Rule rule) {
    return replies(operation).getLast() instanceof Reply.Refused(Rule why, _, _) && why == rule;
  }

  boolean isFailed(long operation, Rule rule) {
    return replies(operation).getLast() instanceof Reply.Failed(Rule why, _) && why == rule;
  }

  boolean isDone(long operation) {
    return replies(operation).getLast() instanceof Reply.Done;
  }

  Heartbeat speech() {
    return Speech.of(failover.policy(), state, now);
  }

  // What peers say

  static Says says(NodeName name) {
    return new Says(
        new Heartbeat(
            name,
            Term.NONE,
            Role.STANDBY,
            Term.NONE,
            true,
            true,
            false,
            "h1",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "1"));
  }

  /** A heartbeat in the making. */
  record Says(Heartbeat heartbeat) {
    private Says as(Role role, long term, long reign) {
      Heartbeat h = heartbeat;
      return new Says(
          new Heartbeat(
              h.from(),
              new Term(term),
              role,
              new Term(reign),
              h.ready(),
              h.willing(),
              h.paused(),
              h.head(),
              h.lag(),
              h.handover(),
              h.progress(),
              h.declined(),
              h.version()));
    }

    Says active(long term) {
      return as(Role.ACTIVE, term, term);
    }

    /** Lets nobody in yet. */
    Says starting(long term) {
      return as(Role.STARTING, term, term).servedIn(0);
    }

    Says stopping(long term) {
      return as(Role.STOPPING, term, term);
    }

    /** Knows {@code term} and never served. */
    Says standby(long term) {
      return as(Role.STANDBY, term, 0);
    }

    Says standby(long term, long reign) {
      return as(Role.STANDBY, term, reign);
    }

    private Says with(
        boolean ready,
        boolean willing,
        Optional<Handover> handover,
        Optional<Progress> progress,
        Optional<Term> declined,
        String version) {
      Heartbeat h = heartbeat;
      return new Says(
          new Heartbeat(
              h.from(),
              h.term(),
              h.role(),
              h.reign(),
              h.served(),
              ready,
              willing,
              h.asks(),
              h.paused(),
              h.head(),
              h.lag(),
              handover,
              progress,
              declined,
              version,
              h.votes()));
    }

    Says asking() {
      return with(heartbeat.served(), true, heartbeat.paused(), heartbeat.lag());
    }

    /** Lets clients in no more since {@code reign}, whatever it tried after that. */
    Says servedIn(long reign) {
      return with(new Term(reign), heartbeat.asks(), heartbeat.paused(), heartbeat.lag());
    }

    Says lagging(Duration lag) {
      return with(heartbeat.served(), heartbeat.asks(), heartbeat.paused(), Optional.of(lag));
    }

    Says paused() {
      return with(heartbeat.served(), heartbeat.asks(), true, heartbeat.lag());
    }

    private Says with(Term served, boolean asks, boolean paused, Optional<Duration> lag) {
      Heartbeat h = heartbeat;
      return new Says(
          new Heartbeat(
              h.from(),
              h.term(),
              h.role(),
              h.reign(),
              served,
              h.ready(),
              h.willing(),
              asks,
              paused,
              h.head(),
              lag,
              h.handover(),
              h.progress(),
              h.declined(),
              h.version(),
              h.votes()));
    }

    Says votes(Votes votes) {
      Heartbeat h = heartbeat;
      return new Says(
          new Heartbeat(
              h.from(),
              h.term(),
              h.role(),
              h.reign(),
              h.served(),
              h.ready(),
              h.willing(),
              h.asks(),
              h.paused(),
              h.head(),
              h.lag(),
              h.handover(),
              h.progress(),
              h.declined(),
              h.version(),
              votes));
    }

    Says unready() {
      Heartbeat h = heartbeat;
      return with(false, h.willing(), h.handover(), h.progress(), h.declined(), h.version());
    }

    Says unwilling() {
      Heartbeat h = heartbeat;
      return with(h.ready(), false, h.handover(), h.progress(), h.declined(), h.version());
    }

    Says version(String version) {
      Heartbeat h = heartbeat;
      return with(h.ready(), h.willing(), h.handover(), h.progress(), h.declined(), version);
    }

    Says wanting(long operation, NodeName to, Stage stage, long term) {
      Heartbeat h = heartbeat;
      var handover = new Handover(operation, to, stage, new Term(term));
      return with(
          h.ready(), h.willing(), Optional.of(handover), h.progress(), h.declined(), h.version());
    }

    Says done(long operation, Stage stage, String head) {
      return progress(new Progress(operation, stage, true, false, head));
    }

    Says failed(long operation, Stage stage) {
      return progress(new Progress(operation, stage, false, true, ""));
    }

    private Says progress(Progress progress) {
      Heartbeat h = heartbeat;
      return with(
          h.ready(), h.willing(), h.handover(), Optional.of(progress), h.declined(), h.version());
    }

    Says declining(long term) {
      Heartbeat h = heartbeat;
      return with(
          h.ready(),
          h.willing(),
          h.handover(),
          h.progress(),
          Optional.of(new Term(term)),
          h.version());
    }
  }
}
