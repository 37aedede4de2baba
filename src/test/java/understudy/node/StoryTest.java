package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import understudy.api.Views.HistoryRow;
import understudy.failover.Rule;

/** Rows of both nodes become a story that answers why something happened, or why it did not. */
class StoryTest {
  private static final Pattern BLOCK = Pattern.compile("new Block\\(\\s*Rule\\.([A-Z_]+)");

  @Test
  void everyRuleThatHoldsATakeoverBackIsKnown() throws IOException {
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java/understudy/failover"))) {
      var rules = new TreeSet<String>();
      for (Path source : sources.filter(Files::isRegularFile).toList()) {
        BLOCK.matcher(Files.readString(source)).results().forEach(it -> rules.add(it.group(1)));
      }
      assertThat(rules).hasSizeGreaterThan(15).isSubsetOf(Story.BLOCKS);
    }
  }

  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private final List<HistoryRow> rows = new ArrayList<>();

  private HistoryRow row(
      double seconds, String node, String before, String after, Rule rule, String... facts) {
    var row =
        new HistoryRow(
            rows.size() + 1,
            NOON.plusMillis(Math.round(seconds * 1000)),
            node,
            6,
            before,
            after,
            rule.name(),
            rule.sentence(),
            List.of(facts));
    rows.add(row);
    return row;
  }

  private HistoryRow row(double seconds, String node, String role, Rule rule, String... facts) {
    return row(seconds, node, role, role, rule, facts);
  }

  @Test
  void aTakeoverIsToldWithItsCauseAndWhenItWasSuspected() {
    row(-3600, "beta", "standby", Rule.FOLLOWS, "alpha serves in term 5");
    row(0, "beta", "standby", Rule.PEER_IS_SILENT, "[alpha] silent for 2100 ms");
    row(1, "beta", "standby", "starting", Rule.TAKES_OVER, "silent for 3000 ms");
    HistoryRow serves = row(1.4, "beta", "starting", "active", Rule.SERVES, "term 6");

    Story story = Story.around(rows, serves);

    assertThat(story.told())
        .containsExactly(
            "beta began to serve in term 6, because the active node is gone and nothing forbids to"
                + " take over (silent for 3000 ms); suspected 1.4 s before: [alpha] silent for"
                + " 2100 ms");
    assertThat(story.next()).isEmpty();
    assertThat(story.rows()).hasSize(3);
  }

  @Test
  void aTakeoverThatDidNotHappenSaysWhatHeldItBackAndWhatToDo() {
    HistoryRow silent =
        row(0, "beta", "standby", Rule.PEER_IS_SILENT, "[alpha] silent for 2100 ms");
    row(1, "beta", "standby", Rule.UNPROVEN, "no answer yet");
    row(1.5, "beta", "standby", Rule.TOO_MUCH_LOSS, "200000 ms, allowed 120000");

    Story story = Story.around(rows, silent);

    assertThat(story.told())
        .containsExactly(
            "beta did not take over ([alpha] silent for 2100 ms): it was held back: the network has"
                + " not been looked at since the silence began (no answer yet); then: more data"
                + " would be lost than max-loss allows (200000 ms, allowed 120000)");
    assertThat(story.next()).contains(Advice.on(Rule.TOO_MUCH_LOSS).orElseThrow());
  }

  @Test
  void aSilenceThatWasTooShortIsToldAsOver() {
    HistoryRow silent = row(0, "beta", "standby", Rule.PEER_IS_SILENT, "[alpha] silent");
    row(0.6, "beta", "standby", Rule.PEER_IS_BACK, "alpha is active");

    assertThat(Story.around(rows, silent).told())
        .containsExactly(
            "beta did not take over ([alpha] silent): the silence did not last until the primary"
                + " timeout; after 0.6 s alpha is active was heard again");
    assertThat(Story.around(rows, silent).next()).isEmpty();
  }

  @Test
  void whatTheActiveNodeNoticesOfItsStandbyIsNoMissedTakeover() {
    HistoryRow silent = row(0, "alpha", "active", Rule.PEER_IS_SILENT, "[beta]");

    assertThat(Story.around(rows, silent).told())
        .containsExactly(
            "alpha in term 6: no heartbeat came on any link for longer than the suspicion time"
                + " ([beta])");
  }

  @Test
  void aFailedStartIsPartOfTheStory() {
    row(0, "beta", "standby", "starting", Rule.OFFERED, "alpha released the mandate");
    row(1, "beta", "starting", "stopping", Rule.START_FAILED, "db: exit 7");
    row(2, "alpha", "standby", Rule.HANDED_BACK, "beta declined term 6");
    row(2.1, "alpha", "standby", "starting", Rule.NOBODY_SERVES);
    HistoryRow last = row(2.5, "alpha", "starting", "active", Rule.SERVES);

    assertThat(Story.around(rows, last).told())
        .containsExactly(
            "alpha began to serve in term 6, because no node serves and this one is the first"
                + " choice",
            "beta: a resource did not start (db: exit 7)",
            "alpha: the other node did not take the role up (beta declined term 6)");
  }
}
