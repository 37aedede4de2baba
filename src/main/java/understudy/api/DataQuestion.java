package understudy.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is asked about data and about what was kept of it. Absent fields take the documented
 * defaults.
 *
 * @param dataset absent: all
 * @param path relative to the dataset, as {@code salvage list} shows it
 * @param at as of this time
 * @param item a kept piece, such as {@code beta:17}
 * @param onlyHere only what its node alone had
 * @param before only pieces taken away before this time
 * @param limit at most so many rows
 * @param local only what the answering node has itself
 */
@Json
public record DataQuestion(
    Topic topic,
    @Nullable String dataset,
    @Nullable String path,
    @Nullable Instant at,
    @Nullable String item,
    @Nullable Boolean onlyHere,
    @Nullable Instant before,
    @Nullable Integer limit,
    @Nullable Boolean local) {

  /** What about. */
  public enum Topic {
    KEPT,
    PAST,
    DIFFERENCES,
    HEADS,
    QUESTIONS,
    RUNS
  }

  /** About everything. */
  public static DataQuestion of(Topic topic) {
    return new DataQuestion(topic, null, null, null, null, null, null, null, null);
  }

  /** The same question, for the asked node's own part only. */
  public DataQuestion alone() {
    return new DataQuestion(topic, dataset, path, at, item, onlyHere, before, limit, true);
  }
}
