package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.failover.Term;
import understudy.sync.SyncEngine;
import understudy.sync.plan.Relation;
import understudy.time.SystemClock;

/** A real engine, whose data go on. */
class LineageTest {
  private static final String TWO_DATASETS =
      """
      datasets:
        - { name: files, path: DATA/files, every: continuous }
        - { name: mail, path: DATA/mail, every: continuous }
      """;

  @TempDir Path directory;

  @Test
  void dataThatWentOnAreAheadOfWhatTheyWere() throws Exception {
    var pair = new PreparedPair(directory, TWO_DATASETS);
    Path data = Files.createDirectories(pair.alpha.data().resolve("files"));
    Files.createDirectories(pair.alpha.data().resolve("mail"));
    var config = pair.alpha.configuration();
    try (var engine =
        new SyncEngine(
            Files.createDirectories(config.node().state()),
            config.cluster().orElseThrow().config().datasets(),
            config.node().name(),
            new SystemClock())) {
      var lineage = new Lineage(engine, List.of("files", "mail"));
      engine.capture("files", new Term(1));
      engine.capture("mail", new Term(1));
      Map<String, List<String>> before = lineage.lines();

      Files.writeString(data.resolve("ledger"), "one");
      engine.capture("files", new Term(2));

      assertThat(lineage.relate(lineage.lines())).isEqualTo(Relation.SAME);
      assertThat(lineage.relate(before)).isEqualTo(Relation.AHEAD);
      assertThat(lineage.relate(Map.of())).isEqualTo(Relation.UNKNOWN);
      assertThatThrownBy(() -> lineage.relate(Map.of("files", List.of("nonsense"))))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("malformed");
    }
  }
}
