package understudy.node;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.api.Views;
import understudy.api.Views.Countdown;
import understudy.api.Views.NodeRow;
import understudy.failover.Arbiter;
import understudy.failover.Designation;
import understudy.failover.Durable;
import understudy.failover.Electorate;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.failover.PeerPin;
import understudy.failover.Policy;
import understudy.failover.Role;
import understudy.failover.Rule;
import understudy.failover.Sighting;
import understudy.failover.Situation;
import understudy.failover.Speech;
import understudy.failover.Standing;
import understudy.failover.State;
import understudy.failover.Watch;
import understudy.heartbeat.Links;
import understudy.time.Moment;

/** Draws the status from one state at one moment. Everything unknown stays unknown. */
final class StatusBoard {
  private final Policy policy;
  private final State state;
  private final Moment at;
  private final Links links;
  private final PeerBook book;
  private final Optional<NodeName> copiesFrom;

  StatusBoard(
      Policy policy,
      State state,
      Moment at,
      Links links,
      PeerBook book,
      Optional<NodeName> copiesFrom) {
    this.copiesFrom = copiesFrom;
    this.policy = policy;
    this.state = state;
    this.at = at;
    this.links = links;
    this.book = book;
  }

  List<NodeRow> nodes() {
    var rows = new ArrayList<NodeRow>();
    rows.add(own());
    policy.peers().forEach((name, designation) -> rows.add(peer(name, designation)));
    witnesses().forEach(name -> rows.add(peer(name, Designation.WITNESS)));
    rows.sort(
        Comparator.comparing((NodeRow row) -> designationOf(row.name()))
            .thenComparing(NodeRow::name));
    return List.copyOf(rows);
  }

  private Designation designationOf(String name) {
    return policy.self().value().equals(name)
        ? policy.designation()
        : policy.peers().getOrDefault(new NodeName(name), Designation.WITNESS);
  }

  private List<NodeName> witnesses() {
    return switch (policy.arbiter().granting()) {
      case Arbiter.Granting.Voted(Electorate electorate) ->
          electorate.voters().stream()
              .filter(name -> !name.equals(policy.self()) && !policy.peers().containsKey(name))
              .toList();
      case Arbiter.Granting.Proven _, Arbiter.Granting.Stored _ -> List.of();
    };
  }

  private NodeRow own() {
    Heartbeat self = Speech.of(policy, state, at);
    boolean serves = servesNow();
    return new NodeRow(
        self.from().value(),
        policy.designation().word(),
        self.role().word(),
        self.term().number(),
        serves,
        sync(self, true),
        serves ? null : seconds(self.lag()),
        null,
        null,
        null,
        takeover(self, serves, self.role(), ownBlocks()),
        self.version(),
        0.0,
        serves ? null : copiesFrom.map(NodeName::value).orElse(null));
  }

  private NodeRow peer(NodeName name, Designation designation) {
    Sighting sighting = sighting(name);
    boolean heard = isHeard(sighting);
    Optional<Heartbeat> last = sighting.last();
    Map<String, Boolean> states = links.of(name, policy.timing().suspicion());
    long up = states.values().stream().filter(Boolean::booleanValue).count();
    Double contact = sighting.heardAt().map(moment -> seconds(moment.until(at))).orElse(null);
    if (!heard || last.isEmpty()) {
      return new NodeRow(
          name.value(),
          designation.word(),
          "unknown",
          last.map(h -> h.term().number()).orElse(0L),
          null,
          "unknown",
          null,
          null,
          contact,
          up + "/" + states.size(),
          "unknown: not heard",
          last.map(Heartbeat::version).orElse(null),
          null,
          null);
    }
    Heartbeat beat = last.get();
    boolean serves = beat.role() == Role.ACTIVE;
    return new NodeRow(
        name.value(),
        designation.word(),
        beat.role().word(),
        beat.term().number(),
        serves,
        sync(beat, false),
        serves ? null : seconds(beat.lag()),
        null,
        contact,
        up + "/" + states.size(),
        takeover(beat, serves, beat.role(), List.of()),
        beat.version(),
        book.of(name).map(entry -> seconds(entry.clockAhead())).orElse(null),
        serves
            ? null
            : book.of(name).flatMap(PeerBook.Entry::copiesFrom).map(NodeName::value).orElse(null));
  }

  private Sighting sighting(NodeName name) {
    return Optional.ofNullable(state.view().peers().get(name))
        .or(() -> Optional.ofNullable(state.view().election().heard().get(name)))
        .orElse(new Sighting(Optional.empty(), at, Optional.empty()));
  }

  private boolean isHeard(Sighting sighting) {
    return sighting.isHeard(policy.timing().suspicion(), at);
  }

  boolean servesNow() {
    return state.situation() instanceof Situation.Active active
        && at.isBefore(active.mandateUntil());
  }

  /** The heartbeats of all nodes that are known now, this one's included. */
  List<Heartbeat> known() {
    return known(policy, state, at);
  }

  static List<Heartbeat> known(Policy policy, State state, Moment at) {
    var known = new ArrayList<Heartbeat>();
    known.add(Speech.of(policy, state, at));
    for (Sighting sighting : state.view().peers().values()) {
      if (sighting.isHeard(policy.timing().suspicion(), at)) {
        sighting.last().ifPresent(known::add);
      }
    }
    return known;
  }

  private String sync(Heartbeat beat, boolean own) {
    if (state.view().data() instanceof Standing.NothingToCopy && own) {
      return "no data";
    }
    if (beat.role() == Role.ACTIVE) {
      return "source";
    }
    if (beat.head().isEmpty()) {
      return own ? "never" : "unknown";
    }
    Optional<String> source =
        known().stream()
            .filter(other -> other.role() == Role.ACTIVE)
            .map(Heartbeat::head)
            .findFirst();
    return source.map(head -> head.equals(beat.head()) ? "in sync" : "behind").orElse("unknown");
  }

  private static String takeover(Heartbeat beat, boolean serves, Role role, List<Rule> blocks) {
    if (serves) {
      return "serving";
    }
    if (role == Role.WITNESS) {
      return "votes only";
    }
    if (role != Role.STANDBY) {
      return "not as " + role.word();
    }
    if (!blocks.isEmpty()) {
      return "held back: " + blocks.getFirst().sentence();
    }
    if (!beat.ready()) {
      return beat.head().isEmpty() ? "not ready: no complete data" : "not ready";
    }
    if (!beat.willing()) {
      return "by hand: was demoted";
    }
    return beat.asks() ? "by hand: a person decides" : "possible";
  }

  private List<Rule> ownBlocks() {
    return watch().map(Watch::blockedBy).orElse(List.of()).stream()
        .filter(rule -> rule != Rule.OTHER_FIRST)
        .toList();
  }

  private Optional<Watch> watch() {
    return state.situation().watching();
  }

  @Nullable Countdown countdown() {
    Optional<Watch> suspecting = watch().filter(watch -> watch.suspectedAt().isPresent());
    if (suspecting.isEmpty()) {
      return null;
    }
    Optional<NodeName> silent =
        policy.peers().keySet().stream().filter(name -> !isHeard(sighting(name))).findFirst();
    if (silent.isEmpty()) {
      return null;
    }
    Duration silence = sighting(silent.get()).silence(at);
    Duration left = policy.timing().primaryTimeout().minus(silence);
    return new Countdown(
        silent.get().value(),
        seconds(silence),
        Math.max(0, seconds(left)),
        suspecting.get().blockedBy().stream().map(Rule::sentence).toList());
  }

  @Nullable String waitingFor() {
    List<Rule> blocks = ownBlocks();
    return blocks.isEmpty()
        ? null
        : String.join("; ", blocks.stream().map(Rule::sentence).toList());
  }

  String automation() {
    if (state.durable().pause().isPresent() || pinned().isPresent()) {
      return "paused";
    }
    return switch (policy.onFailure()) {
      case PROMOTE -> "armed";
      case ASK -> "asks";
      case KEEP_STANDBY -> "off";
    };
  }

  /** One word for the whole, and the sentence that begins every status. */
  Views.Status status(
      String cluster,
      List<Views.AddressRow> addresses,
      List<Views.ResourceRow> resources,
      List<Views.Dataset> datasets) {
    var verdict = Verdict.of(cluster, policy, known(), automation());
    return new Views.Status(
        verdict.sentence() + waiting(datasets),
        cluster,
        verdict.protection(),
        policy.self().value(),
        policy.version(),
        automation(),
        pausedUntil(),
        countdown(),
        waitingFor(),
        nodes(),
        addresses,
        resources,
        datasets);
  }

  private @Nullable Instant pausedUntil() {
    Optional<Durable.Pause> pause = state.durable().pause();
    return pause.isPresent()
        ? pause.get().until().orElse(null)
        : pinned().map(Durable.Pinned::until).orElse(null);
  }

  private Optional<Durable.Pinned> pinned() {
    return PeerPin.of(policy, state.durable());
  }

  private static String waiting(List<Views.Dataset> datasets) {
    return datasets.stream()
        .filter(dataset -> dataset.waitsFor() != null)
        .findFirst()
        .map(
            dataset ->
                "; sync of "
                    + dataset.name()
                    + " waits for a person: understudy sync answer "
                    + dataset.name())
        .orElse("");
  }

  private static @Nullable Double seconds(Optional<Duration> duration) {
    return duration.map(StatusBoard::seconds).orElse(null);
  }

  static double seconds(Duration duration) {
    return Math.round(duration.toNanos() / 1e6) / 1e3;
  }
}
