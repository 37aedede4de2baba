package understudy.failover;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiPredicate;
import java.util.function.Function;
import java.util.function.Predicate;
import understudy.time.Moment;

/**
 * Members that talk over a network which the test breaks, each on a clock of its own, and a store
 * beside them. Looks after every event that no two let clients in at one instant and that no voter
 * is bound to two.
 */
final class Assembly {
  static final NodeName ALPHA = new NodeName("alpha");
  static final NodeName BRAVO = new NodeName("bravo");
  static final NodeName CHARLIE = new NodeName("charlie");
  static final NodeName WITNESS = new NodeName("witness");
  static final Timing TIMING =
      new Timing(
          ofMillis(500),
          4,
          ofMillis(500),
          ofSeconds(3),
          ofMillis(1950),
          ofSeconds(60),
          ofSeconds(30),
          ofSeconds(60),
          ofSeconds(120));

  final Random random;
  final Map<NodeName, Member> members = new TreeMap<>();
  final List<String> told = new ArrayList<>();
  private final SortedMap<NodeName, Designation> designations;
  private final Arbiter arbiter;
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
  private final Map<Term, NodeName> reigns = new HashMap<>();
  private BiPredicate<NodeName, NodeName> reaches = (_, _) -> true;
  private Predicate<NodeName> storeAnswers = _ -> true;
  private Predicate<NodeName> storeTakes = _ -> true;
  private Register key = Register.ABSENT;
  private double loss;
  private long now;
  private long number;

  private record Event(long at, long number, Runnable deed) {}

  Assembly(SortedMap<NodeName, Designation> designations, Arbiter arbiter, long seed) {
    this.designations = designations;
    this.arbiter = arbiter;
    this.random = new Random(seed);
    designations.keySet().forEach(name -> members.put(name, new Member(name)));
  }

  static SortedMap<NodeName, Designation> pairWithWitness() {
    return new TreeMap<>(
        Map.of(
            ALPHA, Designation.PRIMARY,
            BRAVO, Designation.SECONDARY,
            WITNESS, Designation.WITNESS));
  }

  static SortedMap<NodeName, Designation> three() {
    return new TreeMap<>(
        Map.of(
            ALPHA, Designation.PRIMARY,
            BRAVO, Designation.SECONDARY,
            CHARLIE, Designation.SECONDARY));
  }

  static SortedMap<NodeName, Designation> pair() {
    return new TreeMap<>(Map.of(ALPHA, Designation.PRIMARY, BRAVO, Designation.SECONDARY));
  }

  Assembly boot() {
    members.values().forEach(Member::boot);
    return this;
  }

  Member of(NodeName name) {
    return Optional.ofNullable(members.get(name)).orElseThrow();
  }

  void only(BiPredicate<NodeName, NodeName> connected) {
    reaches = connected;
  }

  void cut(NodeName one) {
    only((from, to) -> !from.equals(one) && !to.equals(one));
  }

  void heal() {
    only((_, _) -> true);
  }

  void losing(double share) {
    loss = share;
  }

  void store(boolean answers) {
    storeAnswers = _ -> answers;
  }

  /** The store answers nobody else. */
  void storeOnlyFor(NodeName node) {
    storeAnswers = node::equals;
  }

  /** What that node writes fails; what it reads does not. */
  void storeOnlyReadBy(NodeName node) {
    storeTakes = name -> !name.equals(node);
  }

  Register key() {
    return key;
  }

  Assembly run(Duration duration) {
    long end = now + duration.toNanos();
    while (!events.isEmpty() && events.element().at() <= end) {
      Event event = events.remove();
      now = event.at();
      event.deed().run();
      check();
    }
    now = end;
    return this;
  }

  private void after(Duration delay, Runnable deed) {
    events.add(new Event(now + delay.toNanos(), ++number, deed));
  }

  List<NodeName> serving() {
    return members.values().stream().filter(Member::isOpen).map(Member::name).toList();
  }

  private void check() {
    List<NodeName> open = serving();
    if (open.size() > 1) {
      throw new AssertionError(
          "OneActive: " + open + " serve at " + now / 1_000_000 + " ms" + log());
    }
  }

  String log() {
    return "\n" + String.join("\n", told.subList(Math.max(0, told.size() - 60), told.size()));
  }

  private Duration delay() {
    return ofMillis(random.nextInt(1, random.nextInt(20) == 0 ? 400 : 20));
  }

  /** One machine with at most one daemon on it. */
  final class Member {
    private final NodeName name;
    private final double rate = 0.9955 + random.nextDouble() * 0.009;
    private long origin = random.nextLong(-1_000_000_000_000L, 1_000_000_000_000L);
    private final Map<NodeName, Long> newest = new HashMap<>();
    private Durable disk = Durable.FRESH;
    private Moment gateUntil = new Moment(Long.MIN_VALUE / 2);
    private boolean open;
    private Optional<Failover> core = Optional.empty();
    private State state;
    private long life;
    private final Map<Long, NodeName> votes = new HashMap<>();

    Member(NodeName name) {
      this.name = name;
      this.state = State.booted(policy(), disk, new Standing.NothingToCopy(), clock());
    }

    NodeName name() {
      return name;
    }

    State state() {
      return state;
    }

    Failover core() {
      return core.orElseThrow();
    }

    Role role() {
      return state.role();
    }

    Moment clock() {
      return new Moment(origin + (long) (now * rate));
    }

    boolean isOpen() {
      return open && clock().isBefore(gateUntil);
    }

    private Policy policy() {
      var peers = new TreeMap<>(designations);
      peers.remove(name);
      peers.values().removeIf(designation -> designation == Designation.WITNESS);
      return new Policy(
          name,
          designations.getOrDefault(name, Designation.DR),
          peers,
          TIMING,
          arbiter,
          OnFailure.PROMOTE,
          false,
          Optional.empty(),
          "1");
    }

    void boot() {
      life = random.nextLong();
      core = Optional.of(new Failover(policy()));
      state = State.booted(policy(), disk, new Standing.NothingToCopy(), clock(), life);
      told.add(now / 1_000_000 + " " + name + " boots with " + disk);
      long mine = life;
      after(ofMillis(random.nextInt(100)), () -> tick(mine));
    }

    private void tick(long mine) {
      if (isAlive(mine)) {
        take(new Input.Tick(clock()));
        after(ofMillis(100), () -> tick(mine));
      }
    }

    private boolean isAlive(long mine) {
      return core.isPresent() && life == mine;
    }

    /** The daemon alone dies: what the kernel holds lapses by itself. */
    void kill() {
      told.add(now / 1_000_000 + " " + name + " is killed");
      core = Optional.empty();
    }

    /** The machine dies with all that is on it; its clock starts anew. */
    void cutPower() {
      kill();
      open = false;
      origin = random.nextLong(-1_000_000_000_000L, 1_000_000_000_000L);
      newest.clear();
    }

    /** What it voted for and nobody won is forgotten, and does no harm. */
    void loseDisk() {
      disk = Durable.FRESH;
      votes.clear();
    }

    boolean isUp() {
      return core.isPresent();
    }

    void ask(Request request) {
      feed(ofMillis(1), at -> new Input.Asked(at, ++number, request));
    }

    private void feed(Duration delay, Function<Moment, Input> news) {
      long mine = life;
      after(
          delay,
          () -> {
            if (isAlive(mine)) {
              take(news.apply(clock()));
            }
          });
    }

    private void take(Input input) {
      State before = state;
      Step step = core.orElseThrow().step(before, input);
      disk = step.next().durable();
      state = step.next();
      if (step.rule() != Rule.NOTHING) {
        told.add(
            "%d %s %s→%s %s %s term %s"
                .formatted(
                    now / 1_000_000,
                    name,
                    before.role(),
                    state.role(),
                    step.rule(),
                    step.evidence(),
                    disk.term()));
      }
      observe();
      for (Effect effect : step.effects()) {
        run(effect);
      }
    }

    /** OneVote and one reign for each term, as seen from outside. */
    private void observe() {
      NodeName former = reigns.putIfAbsent(disk.reign(), name);
      if (former != null && !former.equals(name) && !disk.reign().equals(Term.NONE)) {
        throw new AssertionError(
            "TermsOnlyGrow: " + name + " and " + former + " reign in " + disk.reign() + log());
      }
      disk.vote()
          .filter(vote -> vote.to().isPresent())
          .ifPresent(
              vote -> {
                NodeName to = vote.to().orElseThrow();
                NodeName earlier = votes.put(vote.term().number(), to);
                if (earlier != null && !earlier.equals(to)) {
                  throw new AssertionError(
                      "OneVote: " + name + " votes twice in " + vote.term() + log());
                }
              });
    }

    private void run(Effect effect) {
      switch (effect) {
        case Effect.Beat _ -> say(Speech.of(core.orElseThrow().policy(), state, clock()));
        case Effect.Extend(Moment until, var gate) -> {
          gateUntil = until;
          open = gate == Effect.Gate.OPEN;
        }
        case Effect.Fence _ -> open = false;
        case Effect.SettleData(var term) ->
            feed(
                ofMillis(20),
                at ->
                    new Input.DataSettled(
                        at, term, new Standing.NothingToCopy(), Optional.empty()));
        case Effect.StartResources(var term) ->
            feed(ofMillis(50), at -> new Input.ResourcesStarted(at, term));
        case Effect.StopResources _ -> feed(ofMillis(50), Input.ResourcesStopped::new);
        case Effect.ReadRegister _ -> readStore();
        case Effect.WriteRegister(var wanted) -> writeStore(wanted);
        case Effect.Sync(long operation, var stage, _) ->
            feed(
                ofMillis(20),
                at ->
                    new Input.Synced(
                        at, operation, stage, new Standing.NothingToCopy(), Optional.empty()));
        case Effect.FencePeer(var peer) ->
            throw new AssertionError("nobody here has a fence command for " + peer);
        case Effect.Follow _, Effect.Probe _, Effect.Announce _, Effect.Answer _ -> {}
      }
    }

    private void say(Heartbeat heartbeat) {
      long order = ++number;
      for (Member other : members.values()) {
        if (other != this && reaches.test(name, other.name) && random.nextDouble() >= loss) {
          long theirs = other.life;
          after(delay(), () -> other.hear(theirs, order, heartbeat));
        }
      }
    }

    private void hear(long mine, long order, Heartbeat heartbeat) {
      if (isAlive(mine) && order > newest.getOrDefault(heartbeat.from(), 0L)) {
        newest.put(heartbeat.from(), order);
        take(new Input.Heard(clock(), heartbeat));
      }
    }

    private void readStore() {
      if (!storeAnswers.test(name) || random.nextDouble() < loss) {
        feed(ofMillis(300), at -> new Input.RegisterFailed(at, "as staged"));
        return;
      }
      long mine = life;
      after(
          delay(),
          () -> {
            Register found = key;
            if (isAlive(mine)) {
              feed(delay(), at -> new Input.RegisterSeen(at, found));
            }
          });
    }

    private void writeStore(Register wanted) {
      Moment askedAt = clock();
      if (!storeAnswers.test(name) || !storeTakes.test(name)) {
        feed(ofMillis(300), at -> new Input.RegisterFailed(at, "as staged"));
        return;
      }
      long mine = life;
      after(
          delay(),
          () -> {
            boolean taken = wanted.version() == key.version();
            if (taken) {
              key =
                  new Register(
                      wanted.holder(),
                      wanted.term(),
                      wanted.released(),
                      wanted.successor(),
                      key.version() + 1);
            }
            Register found = key;
            if (!isAlive(mine)) {
              return;
            }
            if (random.nextDouble() < loss) {
              feed(ofMillis(300), at -> new Input.RegisterFailed(at, "the answer was lost"));
            } else if (taken) {
              feed(delay(), at -> new Input.RegisterWritten(at, askedAt, found));
            } else {
              feed(delay(), at -> new Input.RegisterSeen(at, found));
            }
          });
    }
  }
}
