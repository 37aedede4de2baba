package understudy.failover;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import understudy.time.Moment;

/** Everything that a decision may depend on. */
public record State(Durable durable, View view, Situation situation) {
  private static final Duration JUST_AFTER = Duration.ofMillis(1);

  public Role role() {
    return situation.role();
  }

  /**
   * When to decide again though nothing happened: as usual, or as soon as some silence is long
   * enough to look, to suspect or to take over. A client waits for that moment.
   *
   * @param last when was decided last
   */
  public Moment turnsBy(Timing timing, Moment last, Moment usual) {
    Moment soonest = usual;
    for (Sighting sighting : view.peers().values()) {
      for (Duration span : List.of(timing.quiet(), timing.suspicion(), timing.primaryTimeout())) {
        Moment due = sighting.countFrom().plus(span).plus(JUST_AFTER);
        soonest = due.isAfter(last) && due.isBefore(soonest) ? due : soonest;
      }
    }
    return soonest;
  }

  /** As below, for a machine whose clock alone tells its lives apart. */
  public static State booted(Policy policy, Durable durable, Standing data, Moment at) {
    return booted(policy, durable, data, at, at.nanos());
  }

  /**
   * The state of a daemon that has just started: always passive, whatever it was before.
   *
   * @param life tells this life of the process from all its others, also across boots
   */
  public static State booted(Policy policy, Durable durable, Standing data, Moment at, long life) {
    return booted(policy, durable, data, at, life, Optional.empty());
  }

  /**
   * As above, of a daemon whose service was pinned while it was away.
   *
   * @param pinnedUntil what runs is not stopped before, so that this life can adopt it
   */
  public static State booted(
      Policy policy,
      Durable durable,
      Standing data,
      Moment at,
      long life,
      Optional<Moment> pinnedUntil) {
    Timing timing = policy.timing();
    Moment neverSlept = at.minus(timing.interval());
    var view =
        new View(
            sightings(policy, Roster.empty(), at),
            Optional.empty(),
            data,
            Times.booted(neverSlept, at),
            Optional.empty(),
            Optional.empty(),
            true,
            Election.fresh(life, timing.lease(), at));
    if (policy.designation() == Designation.WITNESS) {
      return new State(durable, view, new Situation.Witnessing());
    }
    Moment settled = at.plus(timing.primaryTimeout());
    Moment leftovers = pinnedUntil.filter(settled::isBefore).orElse(settled);
    var watch = Watch.from(at).leftoversUntil(Optional.of(leftovers));
    if (durable.offer().isPresent()) {
      watch = watch.backingOff(settled, Optional.empty());
    }
    return new State(durable, view, new Situation.Standby(watch));
  }

  /**
   * The same state under a changed policy: new peers are counted from {@code at}, gone ones
   * forgotten.
   */
  public State under(Policy policy, Moment at) {
    return new State(durable, view.withPeers(sightings(policy, view.peers(), at)), situation);
  }

  private static Roster<Sighting> sightings(Policy policy, Roster<Sighting> known, Moment at) {
    var sightings = new TreeMap<NodeName, Sighting>();
    for (NodeName peer : policy.peers().keySet()) {
      sightings.put(peer, known.getOrDefault(peer, Sighting.never(at)));
    }
    return Roster.of(sightings);
  }
}
