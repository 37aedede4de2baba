package understudy.api;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A node that shows the same thing every time and notes what it was asked. */
public final class ShownNode implements ServedNode {
  static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  final List<Action> asked = new CopyOnWriteArrayList<>();
  final List<String> askedBy = new CopyOnWriteArrayList<>();
  final List<Consumer<Views.Event>> listeners = new CopyOnWriteArrayList<>();
  final Map<String, Views.Operation> operations = new ConcurrentHashMap<>();
  volatile boolean isActive = true;
  volatile Duration lag = Duration.ofSeconds(1);
  volatile String nextState = "running";
  volatile Views.@Nullable Countdown countdown;
  private final Map<String, Views.Operation> byKey = new ConcurrentHashMap<>();

  @Override
  public Views.Status status() {
    return new Views.Status(
        "ledger: PROTECTED  beta would take over in ~3 s and lose at most 0.8 s",
        "ledger",
        countdown == null ? "PROTECTED" : "DEGRADED",
        isActive ? "alpha" : "beta",
        "0.1.0",
        "armed",
        null,
        countdown,
        null,
        List.of(
            new Views.NodeRow(
                "alpha",
                "primary",
                "active",
                7,
                true,
                "source",
                null,
                null,
                isActive ? null : 0.4,
                "2/2",
                "serving",
                "0.1.0",
                0.0,
                null),
            new Views.NodeRow(
                "beta",
                "secondary",
                "standby",
                7,
                false,
                "in sync",
                0.8,
                12_345L,
                isActive ? 0.6 : null,
                "2/2",
                "possible",
                "0.1.0",
                0.012,
                "alpha")),
        List.of(new Views.AddressRow("10.0.0.50/24", "alpha", 2.4)),
        List.of(
            new Views.ResourceRow("shared-ip 10.0.0.50/24", "up", "on eth0"),
            new Views.ResourceRow("ledger.service", "running", null)),
        datasets());
  }

  @Override
  public Views.Readiness readiness() {
    return new Views.Readiness(
        "pass",
        List.of(new Views.Check("clocks", "offset", "beta", "pass", true, "12 ms", 0.6, null)));
  }

  @Override
  public List<Views.Dataset> datasets() {
    Views.Run run =
        new Views.Run(
            "r1",
            "files",
            NOON,
            NOON.plusSeconds(2),
            "done",
            17,
            120_000,
            90_000,
            60_000.0,
            List.of(),
            "g42");
    return List.of(
        new Views.Dataset(
            "files",
            "/srv/ledger",
            "continuous",
            "g42",
            NOON,
            48_211L,
            12_400_000_000L,
            run,
            null,
            null,
            "alpha",
            null,
            null,
            null),
        new Views.Dataset(
            "recordings",
            "/srv/recordings",
            "10m",
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null));
  }

  @Override
  public List<Views.HistoryRow> history(long before, int limit) {
    List<Views.HistoryRow> rows = new ArrayList<>();
    rows.add(
        new Views.HistoryRow(
            12,
            NOON,
            "alpha",
            7,
            "starting",
            "active",
            "serve-after-start",
            "alpha serves: every resource confirmed its start.",
            List.of("shared-ip 10.0.0.50/24 up in 40 ms", "ledger.service running in 310 ms")));
    rows.add(
        new Views.HistoryRow(
            11,
            NOON.minusSeconds(1),
            "alpha",
            7,
            "standby",
            "starting",
            "claim-after-timeout",
            "beta was silent for 3.0 s on both links; alpha takes over in term 7.",
            List.of("last heartbeat 3.02 s ago", "10.0.0.1 answers", "lag 0.8 s <script>")));
    return rows.stream().filter(row -> row.id() < before).limit(limit).toList();
  }

  @Override
  public Optional<Views.Explanation> explain(String event) {
    if (event.equals("nonsense")) {
      throw new IllegalArgumentException("'nonsense' is no event");
    }
    List<Views.HistoryRow> rows = history(Long.MAX_VALUE, 10).reversed();
    return event.equals("99")
        ? Optional.empty()
        : Optional.of(
            new Views.Explanation(
                event, List.of("alpha took over"), null, rows, List.of("alpha", "beta")));
  }

  @Override
  public List<Views.Drill> drills() {
    return List.of();
  }

  @Override
  public List<Views.Run> runs(int limit) {
    return List.of();
  }

  @Override
  public Views.Operation act(Action action, String by, Optional<String> idempotencyKey) {
    if (idempotencyKey.isPresent() && byKey.containsKey(idempotencyKey.get())) {
      return byKey.get(idempotencyKey.get());
    }
    asked.add(action);
    askedBy.add(by);
    boolean isRefused = nextState.equals("refused");
    Views.Operation operation =
        Views.Operation.plain(
            "op" + asked.size(),
            action.kind().word(),
            Boolean.TRUE.equals(action.dryRun()) && !isRefused ? "done" : nextState,
            List.of(
                "hold clients", "stop ledger.service", "final sync", "hand the mandate to beta"),
            isRefused ? "peer-unreachable" : null,
            isRefused ? "beta cannot be contacted" : null,
            isRefused ? "add --even-if-peer-unreachable" : null,
            NOON,
            null);
    operations.put(operation.id(), operation);
    idempotencyKey.ifPresent(key -> byKey.put(key, operation));
    return operation;
  }

  @Override
  public boolean knowsKey(String idempotencyKey) {
    return byKey.containsKey(idempotencyKey);
  }

  @Override
  public Optional<Views.Operation> operation(String id) {
    return Optional.ofNullable(operations.get(id));
  }

  @Override
  public Subscription subscribe(Consumer<Views.Event> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  void publish(String kind, String json) {
    listeners.forEach(listener -> listener.accept(new Views.Event(kind, json)));
  }

  @Override
  public boolean isLive() {
    return true;
  }

  @Override
  public boolean isActive() {
    return isActive;
  }

  @Override
  public boolean isStandby(Duration maxLag) {
    return !isActive && lag.compareTo(maxLag) <= 0;
  }

  @Override
  public boolean isReady() {
    return true;
  }
}
