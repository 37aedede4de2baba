package understudy.node;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import understudy.api.Action;
import understudy.api.Views;
import understudy.time.SystemClock;

/** Whole daemons in this process, and waiting for what becomes of them. */
final class RunningNodes {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int ROWS = 200;

  private RunningNodes() {}

  static Node start(PreparedPair.Side side) throws Exception {
    return new Node(
        side.configuration(),
        new SystemClock(),
        () -> {
          throw new AssertionError(side.name() + " broke");
        });
  }

  /** As when it dies: nothing is stopped or handed over. */
  static void silence(Node node) {
    node.close();
  }

  static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + PATIENCE.toSeconds() + " s: " + what);
      }
      Thread.sleep(10);
    }
  }

  /** One serves, the other could take over, and each knows that of the other. */
  static void awaitProtection(Node one, Node other) throws InterruptedException {
    await(
        "both say that one would take over",
        () ->
            Stream.of(one, other)
                .allMatch(node -> node.front().status().protection().equals("PROTECTED")));
  }

  static Action switchover(@Nullable Boolean finalSync, @Nullable Boolean evenIfPeerUnreachable) {
    return new Action(
        Action.Kind.SWITCHOVER,
        finalSync,
        evenIfPeerUnreachable,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  /** What a node was asked, once it has ended, wherever it runs. */
  static Views.Operation ended(Node asked, Action wish) throws InterruptedException {
    return ended(asked, asked.front().act(wish, "a test", Optional.empty()));
  }

  static Views.Operation ended(Node asked, Views.Operation begun) throws InterruptedException {
    await("an end of " + begun, () -> now(asked, begun).finished() != null);
    return now(asked, begun);
  }

  private static Views.Operation now(Node asked, Views.Operation begun) {
    return asked.front().operation(begun.id()).orElseThrow();
  }

  /** The node's history, newest first. */
  static List<Views.HistoryRow> told(Node node) {
    return node.front().history(Long.MAX_VALUE, ROWS);
  }

  /** The history is written a moment after it has happened. */
  static void awaitTold(Node node, String rule, String fact) throws InterruptedException {
    await(
        rule + " because of " + fact,
        () ->
            told(node).stream()
                .anyMatch(
                    row -> row.rule().equals(rule) && row.evidence().toString().contains(fact)));
  }
}
