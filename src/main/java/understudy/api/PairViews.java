package understudy.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;

/** Answers about the relationship between nodes, as JSON. */
public final class PairViews {
  private PairViews() {}

  /** {@code POST /api/v1/pair/invite}: one line to paste on the other machine. */
  @Json
  public record Invitation(String invite, Instant expires) {}

  /**
   * One row of {@code POST /api/v1/pair/test}.
   *
   * @param outcome {@code reached}, {@code refused}, {@code timed out}, {@code unreachable}, {@code
   *     wrong certificate}, {@code not a member}, {@code other cluster}, {@code other version},
   *     {@code not a node} or {@code not checked}
   */
  @Json
  public record Reach(String from, String to, String at, String outcome, String sentence) {}

  /**
   * {@code POST /api/v1/pair/leave}.
   *
   * @param state {@code planned}, {@code done}, {@code done with problems}, {@code refused}
   * @param steps what each side becomes, in words
   */
  @Json
  public record Leave(String state, List<String> steps) {}
}
