package understudy.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answers of the API, as JSON. Names here are promises. An absent (null) value means
 * <em>unknown</em>, never good. Durations are seconds as decimal numbers, sizes are bytes, times
 * are ISO-8601 in UTC.
 */
public final class Views {
  private Views() {}

  /**
   * {@code GET /api/v1/status}.
   *
   * @param sentence the one sentence that tells it all
   * @param protection one word: PROTECTED, DEGRADED, UNPROTECTED, PAUSED, CONFLICT or DETACHED
   * @param node the node that answers
   * @param automation {@code armed}, {@code paused}, {@code asks} or {@code off}
   * @param waitingFor why nothing happens although something is suspected; null when nothing is
   */
  @Json
  public record Status(
      String sentence,
      String cluster,
      String protection,
      String node,
      String version,
      String automation,
      @Nullable Instant pausedUntil,
      @Nullable Countdown countdown,
      @Nullable String waitingFor,
      List<NodeRow> nodes,
      List<AddressRow> addresses,
      List<ResourceRow> resources,
      List<Dataset> datasets) {}

  /** The visible countdown before a takeover. */
  @Json
  public record Countdown(
      String silentNode, double silentSeconds, double takeoverInSeconds, List<String> missing) {}

  /**
   * One row of the status table.
   *
   * @param serves null: unknown
   * @param sync {@code source}, {@code in sync}, {@code syncing}, {@code behind}, {@code never},
   *     {@code failed}, {@code unknown}
   * @param lastContactSeconds null for the answering node and for one never heard
   * @param links such as {@code 2/2}
   * @param takeover {@code possible}, {@code serving}, or why not
   * @param copiesFrom the node whose data it copies; null: nobody's, or unknown
   */
  @Json
  public record NodeRow(
      String name,
      String designation,
      String role,
      long term,
      @Nullable Boolean serves,
      String sync,
      @Nullable Double lagSeconds,
      @Nullable Long lagBytes,
      @Nullable Double lastContactSeconds,
      @Nullable String links,
      String takeover,
      @Nullable String version,
      @Nullable Double clockOffsetSeconds,
      @Nullable String copiesFrom) {}

  /** Where a shared address is. */
  @Json
  public record AddressRow(
      String address, @Nullable String on, @Nullable Double remainingSeconds) {}

  /** A resource of the answering node. */
  @Json
  public record ResourceRow(String name, String condition, @Nullable String detail) {}

  /**
   * {@code GET /api/v1/datasets}.
   *
   * @param waitsFor what a person has to answer before the sync goes on; null: nothing
   * @param copiesFrom the node that the answering node copies; null: nobody
   * @param limitBytesPerSecond what the answering node receives at most now; null: no limit
   * @param limitSetBy {@code hand}, or {@code configuration}; null: no limit
   * @param watch how the answering node learns of changes; null: it is not the source
   */
  @Json
  public record Dataset(
      String name,
      String path,
      String every,
      @Nullable String generation,
      @Nullable Instant generationAt,
      @Nullable Long files,
      @Nullable Long bytes,
      @Nullable Run lastRun,
      @Nullable Run running,
      @Nullable String waitsFor,
      @Nullable String copiesFrom,
      @Nullable Long limitBytesPerSecond,
      @Nullable String limitSetBy,
      @Nullable String watch) {}

  /**
   * One sync run.
   *
   * @param result {@code running}, {@code done}, {@code done with problems}, {@code unchanged},
   *     {@code failed}
   */
  @Json
  public record Run(
      String id,
      String dataset,
      Instant start,
      @Nullable Instant end,
      String result,
      long files,
      long bytes,
      long wireBytes,
      @Nullable Double bytesPerSecond,
      List<String> problems,
      @Nullable String generation) {}

  /** One line of the journal: a change, a decision or a non-decision. */
  @Json
  public record HistoryRow(
      long id,
      Instant at,
      String node,
      long term,
      String roleBefore,
      String roleAfter,
      String rule,
      String sentence,
      List<String> evidence) {}

  /**
   * {@code GET /api/v1/explain}: why something happened, or did not.
   *
   * @param answer the story in a few sentences
   * @param next what a person can do; null when nothing waits for one
   * @param rows what the story stands on, of all nodes that could be asked, oldest first, by the
   *     clock of the answering node; when a time was asked for, with each one's last row before
   * @param sources the nodes whose histories were read, and why another could not be
   */
  @Json
  public record Explanation(
      String event,
      List<String> answer,
      @Nullable String next,
      List<HistoryRow> rows,
      List<String> sources) {}

  /**
   * {@code GET /api/v1/drills}: one run of the validation plan.
   *
   * @param result {@code passed} or {@code failed}
   * @param outageSeconds the longest time in which no node served; null: nothing was moved
   */
  @Json
  public record Drill(
      String id,
      String node,
      Instant started,
      Instant finished,
      String result,
      @Nullable Double outageSeconds,
      List<DrillStep> steps) {}

  /** A step of a drill; {@code result} is {@code pass} or {@code fail}. */
  @Json
  public record DrillStep(String name, String result, String evidence, double seconds) {}

  /** {@code GET /api/v1/readiness}; {@code verdict} is the worst result among blocking checks. */
  @Json
  public record Readiness(String verdict, List<Check> checks) {}

  /**
   * One readiness check.
   *
   * @param result {@code pass}, {@code warn}, {@code fail} or {@code not checked}
   * @param fix what to do; null when nothing is to be done
   */
  @Json
  public record Check(
      String group,
      String name,
      String node,
      String result,
      boolean blocking,
      String evidence,
      @Nullable Double ageSeconds,
      @Nullable String fix) {}

  /**
   * A long action.
   *
   * @param state {@code running}, {@code done}, {@code failed} or {@code refused}; {@code unknown}
   *     while the node that it runs on does not answer
   * @param code stable word for programs; null while running and when done
   * @param progress how far a sync is; null for what has no measure
   */
  @Json
  public record Operation(
      String id,
      String action,
      String state,
      List<String> steps,
      @Nullable String code,
      @Nullable String message,
      @Nullable String fix,
      Instant started,
      @Nullable Instant finished,
      @Nullable Progress progress) {

    /** Without a measure. */
    public static Operation plain(
        String id,
        String action,
        String state,
        List<String> steps,
        @Nullable String code,
        @Nullable String message,
        @Nullable String fix,
        Instant started,
        @Nullable Instant finished) {
      return new Operation(id, action, state, steps, code, message, fix, started, finished, null);
    }
  }

  /**
   * How far a sync is.
   *
   * @param phase {@code looking}, {@code comparing}, {@code fetching}, {@code committing}
   * @param filesTotal 0 while unknown
   * @param bytesTotal 0 while unknown
   * @param remainingSeconds null while unknown
   */
  @Json
  public record Progress(
      String dataset,
      String phase,
      long files,
      long filesTotal,
      long bytes,
      long bytesTotal,
      double bytesPerSecond,
      @Nullable Double remainingSeconds) {}

  /**
   * {@code GET /api/v1/config}: the cluster document.
   *
   * @param hash of the text; the {@code If-Match} of a change
   * @param revision grows with every change anywhere in the cluster
   * @param trouble why the nodes do not agree; null when they do, or when none is in touch
   */
  @Json
  public record Document(
      String text,
      String hash,
      long revision,
      Instant changedAt,
      String changedBy,
      List<DocumentOn> nodes,
      @Nullable String trouble) {}

  /** Whether another node has the same document; null: it is not heard. */
  @Json
  public record DocumentOn(String node, @Nullable Boolean same) {}

  /**
   * {@code PUT /api/v1/config}.
   *
   * @param state {@code done}, {@code planned} or {@code unchanged}
   * @param diff changed lines, {@code - } and {@code + }
   * @param effects what that changes on this node, in words
   * @param warnings what is allowed but probably not meant, and nodes that will follow later
   */
  @Json
  public record DocumentChange(
      String state,
      long revision,
      String hash,
      List<String> diff,
      List<String> effects,
      List<String> warnings) {}

  /** {@code application/problem+json} (RFC 9457) with our {@code code} and {@code fix}. */
  @Json
  public record Problem(
      String type, String title, int status, String code, String detail, @Nullable String fix) {}

  /** A server-sent event: {@code status}, {@code history}, {@code operation} or {@code sync}. */
  public record Event(String kind, String json) {}
}
