package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static understudy.node.RunningNodes.await;
import static understudy.node.RunningNodes.start;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;
import understudy.api.Views;
import understudy.failover.Role;
import understudy.failover.Rule;
import understudy.store.Journal;

/** Two whole daemons with histories from long ago explain a moment of then. */
class ExplanationsTest {
  private static final Instant NOON = Instant.parse("2024-02-29T12:00:00Z");
  private static final long HOUR = 3600;

  @TempDir Path directory;
  private PreparedPair pair;

  @BeforeEach
  void prepare() throws Exception {
    pair = new PreparedPair(directory, Unhurried.FAILOVER);
  }

  @Test
  void aMomentAtWhichOnlyTheOtherNodeWroteIsToldFromItsHistory() throws Exception {
    write(
        pair.alpha,
        row(-9 * HOUR, 5, Role.STARTING, Role.ACTIVE, Rule.SERVES),
        row(-4 * 60, 5, Role.ACTIVE, Role.ACTIVE, Rule.PAUSED, "by anna"),
        row(2 * HOUR, 5, Role.ACTIVE, Role.ACTIVE, Rule.RESUMED));
    write(pair.beta, row(-8 * HOUR, 5, Role.STANDBY, Role.STANDBY, Rule.FOLLOWS));

    Views.Explanation told = explained(pair.beta, "2024-02-29T12:00:00Z");

    assertThat(told.answer())
        .containsExactly(
            "at 2024-02-29T12:00:00Z beta was standby in term 5, as written down 8 h before:"
                + " follows the data of the node that serves",
            "at 2024-02-29T12:00:00Z alpha was active in term 5, as written down 4 min before:"
                + " an operator paused automation",
            "4 min before: alpha in term 5: an operator paused automation (by anna)");
    assertThat(of(told))
        .containsExactly(
            tuple("alpha", "SERVES"), tuple("beta", "FOLLOWS"), tuple("alpha", "PAUSED"));
    assertThat(told.sources()).containsExactly("beta", "alpha");
  }

  @Test
  void aMomentBeforeTheFirstRowOfTheNodeThatIsAskedIsToldByTheOther() throws Exception {
    write(
        pair.alpha,
        row(-HOUR, 5, Role.STARTING, Role.ACTIVE, Rule.SERVES),
        row(3 * 60, 5, Role.ACTIVE, Role.ACTIVE, Rule.CLIENTS_HELD));
    write(pair.beta, row(72 * HOUR, 5, Role.STANDBY, Role.STANDBY, Rule.FOLLOWS));

    Views.Explanation told = explained(pair.beta, "2024-02-29T12:00:00Z");

    assertThat(told.answer())
        .containsExactly(
            "what beta was then is not known: it has no row from before",
            "at 2024-02-29T12:00:00Z alpha was active in term 5, as written down 60 min before:"
                + " all resources run: clients are let in",
            "3 min after: alpha in term 5: an operator holds new clients off");
    assertThat(of(told)).containsExactly(tuple("alpha", "SERVES"), tuple("alpha", "CLIENTS_HELD"));
  }

  @Test
  void ofQuietHoursItIsToldWhatHeldAndThatNothingHappened() throws Exception {
    write(
        pair.alpha,
        row(-5 * HOUR, 5, Role.STARTING, Role.ACTIVE, Rule.SERVES),
        row(HOUR, 5, Role.ACTIVE, Role.ACTIVE, Rule.PAUSED));
    write(pair.beta, row(-4 * HOUR, 5, Role.STANDBY, Role.STANDBY, Rule.FOLLOWS));

    Views.Explanation told = explained(pair.alpha, "2024-02-29T12:00:00Z");

    assertThat(told.answer())
        .containsExactly(
            "at 2024-02-29T12:00:00Z alpha was active in term 5, as written down 5 h before: all"
                + " resources run: clients are let in",
            "at 2024-02-29T12:00:00Z beta was standby in term 5, as written down 4 h before:"
                + " follows the data of the node that serves",
            "nothing happened from 2024-02-29T11:45:00Z to 2024-02-29T12:15:00Z that alpha or beta"
                + " wrote down");
    assertThat(told.next()).isNull();
    assertThat(of(told)).containsExactly(tuple("alpha", "SERVES"), tuple("beta", "FOLLOWS"));
  }

  @Test
  void aTakeoverThatWasStillHeldBackThenSaysWhatHadToBeDone() throws Exception {
    write(
        pair.beta,
        row(-HOUR - 1, 5, Role.STANDBY, Role.STANDBY, Rule.PEER_IS_SILENT),
        row(-HOUR, 5, Role.STANDBY, Role.STANDBY, Rule.TOO_MUCH_LOSS));

    Views.Explanation told = explained(pair.alpha, "2024-02-29T12:00:00Z");

    assertThat(told.answer())
        .containsExactly(
            "what alpha was then is not known: it has no row from before",
            "at 2024-02-29T12:00:00Z beta was standby in term 5, as written down 60 min before:"
                + " more data would be lost than max-loss allows",
            "nothing happened from 2024-02-29T11:45:00Z to 2024-02-29T12:15:00Z that beta wrote"
                + " down");
    assertThat(told.next()).contains("promote --force");
  }

  @Test
  void theNodeThatWasDeadExplainsTheTakeoverByItsTime() throws Exception {
    write(
        pair.alpha,
        row(-5 * HOUR, 5, Role.STARTING, Role.ACTIVE, Rule.SERVES),
        row(HOUR, 6, Role.STANDBY, Role.STANDBY, Rule.FOLLOWS));
    write(
        pair.beta,
        row(-5 * HOUR, 5, Role.STANDBY, Role.STANDBY, Rule.FOLLOWS),
        row(0, 5, Role.STANDBY, Role.STANDBY, Rule.PEER_IS_SILENT, "[alpha] silent for 2 s"),
        row(1, 6, Role.STANDBY, Role.STARTING, Rule.TAKES_OVER, "silent for 3 s"),
        row(2, 6, Role.STARTING, Role.ACTIVE, Rule.SERVES));

    Views.Explanation told = explained(pair.alpha, "2024-02-29T12:01:00Z");

    assertThat(told.answer())
        .containsExactly(
            "at 2024-02-29T12:01:00Z alpha was active in term 5, as written down 5 h before: all"
                + " resources run: clients are let in",
            "at 2024-02-29T12:01:00Z beta was active in term 6, as written down 58 s before: all"
                + " resources run: clients are let in",
            "60 s before: beta began to serve in term 6, because the active node is gone and"
                + " nothing forbids to take over (silent for 3 s); suspected 2 s before: [alpha]"
                + " silent for 2 s");
    assertThat(told.rows()).hasSize(5);
  }

  @Test
  void whatIsNearIsToldAlsoWhenTooManyRowsFollow() throws Exception {
    write(
        pair.alpha,
        Stream.concat(
                Stream.of(row(-1, 5, Role.ACTIVE, Role.ACTIVE, Rule.PAUSED)),
                IntStream.range(1, 800)
                    .mapToObj(after -> row(after, 5, Role.ACTIVE, Role.ACTIVE, Rule.BUSY)))
            .toArray(Journal.Decision[]::new));

    Views.Explanation told = explained(pair.beta, "2024-02-29T12:00:00Z");

    assertThat(of(told)).startsWith(tuple("alpha", "PAUSED"), tuple("alpha", "BUSY"));
    assertThat(told.rows()).hasSize(1 + 250);
  }

  /** Without the name of the node: who writes it down adds it. */
  private static Journal.Decision row(
      long seconds, long term, Role before, Role after, Rule rule, String... facts) {
    return new Journal.Decision(
        0,
        NOON.plusSeconds(seconds),
        "",
        term,
        before.word(),
        after.word(),
        rule.name(),
        rule.sentence(),
        List.of(facts));
  }

  private static void write(PreparedPair.Side side, Journal.Decision... rows) throws SQLException {
    try (var journal = new Journal(side.configuration().node().state())) {
      for (Journal.Decision row : rows) {
        journal.append(
            new Journal.Decision(
                row.id(),
                row.at(),
                side.name().value(),
                row.term(),
                row.roleBefore(),
                row.roleAfter(),
                row.rule(),
                row.sentence(),
                row.evidence()));
      }
    }
  }

  /** By one of the two, which hears the other. */
  private Views.Explanation explained(PreparedPair.Side asked, String event) throws Exception {
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        Node node = asked.equals(pair.alpha) ? alpha : beta;
        await(
            "each hears the other",
            () ->
                node.front()
                    .explain("now")
                    .orElseThrow()
                    .sources()
                    .containsAll(List.of("alpha", "beta")));
        return node.front().explain(event).orElseThrow();
      }
    }
  }

  private static List<Tuple> of(Views.Explanation told) {
    return told.rows().stream().map(row -> tuple(row.node(), row.rule())).toList();
  }
}
