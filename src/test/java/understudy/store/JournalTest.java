package understudy.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Rows of the journal on both sides of a moment. */
class JournalTest {
  private static final String NOON = "2024-02-29T12:00:00Z";
  private static final String LITTLE_LATER = "2024-02-29T12:00:00.000001Z";
  private static final String QUARTER = "2024-02-29T12:00:00.250Z";
  private static final String NEXT = "2024-02-29T12:00:01Z";

  @TempDir Path directory;

  @BeforeEach
  void write() throws SQLException {
    try (var journal = new Journal(directory)) {
      Stream.of(NOON, LITTLE_LATER, QUARTER, NEXT)
          .map(at -> new Journal.Decision(0, Instant.parse(at), "a", 1, "", "", "", "", List.of()))
          .forEach(journal::append);
    }
  }

  @Test
  void rowsOfOneSecondLieOnTheRightSideOfAMoment() throws SQLException {
    try (var journal = new Journal(directory)) {
      assertThat(times(journal.until(Instant.parse(NOON), 9))).containsExactly(NOON);
      assertThat(times(journal.until(Instant.parse(QUARTER), 9)))
          .containsExactly(QUARTER, LITTLE_LATER, NOON);
      assertThat(times(journal.between(Instant.parse(NOON), Instant.parse(QUARTER), 9)))
          .containsExactly(LITTLE_LATER, QUARTER);
      assertThat(times(journal.between(Instant.parse(QUARTER), Instant.parse(NEXT), 9)))
          .containsExactly(NEXT);
    }
  }

  @Test
  void ofManyTheNearestAreRead() throws SQLException {
    try (var journal = new Journal(directory)) {
      assertThat(times(journal.until(Instant.parse(QUARTER), 1))).containsExactly(QUARTER);
      assertThat(times(journal.between(Instant.parse(LITTLE_LATER), Instant.parse(NEXT), 1)))
          .containsExactly(QUARTER);
    }
  }

  private static List<String> times(List<Journal.Decision> rows) {
    return rows.stream().map(row -> row.at().toString()).toList();
  }
}
