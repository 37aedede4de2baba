package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static understudy.node.RunningNodes.await;
import static understudy.node.RunningNodes.awaitProtection;
import static understudy.node.RunningNodes.awaitTold;
import static understudy.node.RunningNodes.silence;
import static understudy.node.RunningNodes.start;
import static understudy.node.RunningNodes.told;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;
import understudy.api.Views;

/** The designated primary gets its role back without being asked. */
class FailbackTest {
  private static final Duration SOAK = Duration.ofSeconds(2);
  private static final String CLUSTER =
      "failover: { "
          + Unhurried.TIMES
          + ", failback: { after: 2s } }\n"
          + """
      datasets:
        - { name: files, path: DATA, every: continuous }
      """;

  @TempDir Path directory;

  @Test
  void thePrimaryThatIsBackAndWellForTheSoakTimeServesAgainUnaskedWithAllThatWasWritten()
      throws Exception {
    var pair = new PreparedPair(directory, CLUSTER);
    try (Node first = start(pair.alpha)) {
      await("alpha serves", first.front()::isActive);
      first.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitProtection(first, beta);
        first.handOver(Duration.ofSeconds(30));
        silence(first);
        assertThat(beta.front().isActive()).isTrue();
        Files.writeString(pair.beta.data().resolve("ledger"), "written while alpha was away");

        try (Node alpha = start(pair.alpha)) {
          await("alpha serves again", alpha.front()::isActive);

          assertThat(beta.front().isActive()).isFalse();
          assertThat(pair.alpha.data().resolve("ledger"))
              .hasContent("written while alpha was away");
          awaitTold(beta, "SWITCHED_OVER", "alpha serves");
          assertThat(Duration.between(toldAt(beta, "SERVES"), toldAt(beta, "PREPARES")))
              .isGreaterThanOrEqualTo(SOAK);
          assertThat(told(beta)).extracting(Views.HistoryRow::rule).doesNotContain("ASKED");
        }
      }
    }
  }

  /** First. */
  private static Instant toldAt(Node node, String rule) {
    return told(node).stream()
        .filter(row -> row.rule().equals(rule))
        .map(Views.HistoryRow::at)
        .min(Instant::compareTo)
        .orElseThrow();
  }
}
