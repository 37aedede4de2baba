package understudy.node;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import understudy.config.ResourceConfig.Health;
import understudy.resource.Condition;
import understudy.resource.assembly.ResourceSet.Checked;
import understudy.time.Moment;

/**
 * What to do about services that are sick while their node serves: start them again a few times,
 * then give the role to a standby that is ready. Keeps what it saw; sees no clock. One thread.
 */
final class ServiceHealth {
  /** Restarts longer ago than this are forgotten. */
  private static final Duration WINDOW = Duration.ofMinutes(10);

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final Map<String, Moment> badSince = new HashMap<>();
  private final Map<String, Deque<Moment>> restarts = new HashMap<>();

  /** What one look calls for. */
  sealed interface Remedy {
    record Nothing() implements Remedy {}

    /** Stop and start it here; {@code count} within the window, this one included. */
    record Restart(String resource, String evidence, int count) implements Remedy {}

    /** The other node shall take over. */
    record HandOver(String resource, String evidence) implements Remedy {}
  }

  /**
   * Judges one look at all resources.
   *
   * @param healths how patient to be, by resource
   * @param mayHandOver a standby is ready and automation is armed
   */
  Remedy judge(List<Checked> looks, Map<String, Health> healths, boolean mayHandOver, Moment now) {
    Remedy first = new Remedy.Nothing();
    for (Checked look : looks) {
      Remedy remedy =
          judge(look, Optional.ofNullable(healths.get(look.resource())), mayHandOver, now);
      if (first instanceof Remedy.Nothing) {
        first = remedy;
      }
    }
    return first;
  }

  private Remedy judge(Checked look, Optional<Health> health, boolean mayHandOver, Moment now) {
    String name = look.resource();
    return switch (look.condition()) {
      case Condition.Started _ -> {
        badSince.remove(name);
        yield new Remedy.Nothing();
      }
      case Condition.Unknown _ -> new Remedy.Nothing();
      case Condition.Stopped(String detail) ->
          patient(name, health, Duration.ZERO, detail, mayHandOver, now);
      case Condition.Sick(String reason) ->
          patient(
              name,
              health,
              health.map(it -> it.every().multipliedBy(it.failures() - 1L)).orElse(FIRST_PAUSE),
              reason,
              mayHandOver,
              now);
    };
  }

  private Remedy patient(
      String name,
      Optional<Health> health,
      Duration patience,
      String evidence,
      boolean mayHandOver,
      Moment now) {
    Moment since = badSince.computeIfAbsent(name, _ -> now);
    if (since.until(now).compareTo(patience) < 0) {
      return new Remedy.Nothing();
    }
    Deque<Moment> recent = restarts.computeIfAbsent(name, _ -> new ArrayDeque<>());
    recent.removeIf(restart -> restart.until(now).compareTo(WINDOW) > 0);
    int surplus = recent.size() - health.map(Health::restarts).orElse(Health.USUAL_RESTARTS);
    if (surplus >= 0 && mayHandOver) {
      return new Remedy.HandOver(name, evidence);
    }
    if (surplus >= 0
        && !recent.isEmpty()
        && recent.getLast().until(now).compareTo(pause(surplus)) < 0) {
      return new Remedy.Nothing();
    }
    badSince.remove(name);
    recent.addLast(now);
    return new Remedy.Restart(name, evidence, recent.size());
  }

  private static Duration pause(int surplus) {
    Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(surplus, 10));
    return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
  }

  /** Nothing that was seen before counts: another node serves, or a person has looked at it. */
  void forget() {
    badSince.clear();
    restarts.clear();
  }
}
