package understudy.demo;

import io.avaje.jsonb.Json;
import io.avaje.jsonb.Jsonb;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of {@code ./understudy demo --script … --json}: one measured step. The first seven names
 * and their order are promises. What is not known is null.
 *
 * @param scenario its {@link Scenario#word}, with the step behind a hyphen where there are several
 * @param servedBy the node that serves at the end
 * @param path all nodes that served, in order
 * @param failed why {@code ok} is false
 */
@Json
public record ScriptLine(
    String scenario,
    @Json.Property("outage_ms") @Nullable Long outageMs,
    @Json.Property("lost_writes") @Nullable Long lostWrites,
    @Json.Property("served_by") @Nullable String servedBy,
    @Nullable Long term,
    String expectation,
    boolean ok,
    List<String> path,
    @Json.Property("dual_ms") @Nullable Long dualMs,
    @Json.Property("loss_reach_ms") @Nullable Long lossReachMs,
    List<String> failed) {

  private static final Jsonb JSON =
      Jsonb.builder().serializeNulls(true).serializeEmpty(true).build();

  /** The line of a step that was played to its end. */
  public static ScriptLine of(String scenario, Expectation expectation, Outcome outcome) {
    List<String> failures = expectation.failures(outcome);
    return new ScriptLine(
        scenario,
        outcome.outage().toMillis(),
        outcome.lostWrites(),
        outcome.path().isEmpty() ? null : outcome.path().getLast(),
        outcome.term(),
        expectation.sentence(),
        failures.isEmpty(),
        outcome.path(),
        outcome.dual().toMillis(),
        outcome.lossReach().toMillis(),
        failures);
  }

  /** The line of a step that could not be played or measured, and why. */
  public static ScriptLine broken(String scenario, String expectation, String reason) {
    return new ScriptLine(
        scenario,
        null,
        null,
        null,
        null,
        expectation,
        false,
        List.of(),
        null,
        null,
        List.of(reason));
  }

  /** This line for people. */
  public String sentence() {
    String verdict = ok ? "ok    " : "FAILED";
    String seen =
        outageMs == null
            ? ""
            : ": outage %d ms, %d writes lost, served by %s in term %d"
                .formatted(outageMs, lostWrites, String.join(" then ", path), term);
    String wrong = failed.isEmpty() ? "" : "\n         but: " + String.join("; ", failed);
    return verdict + " " + scenario + seen + "\n         expected: " + expectation + wrong;
  }

  /** This line as JSON, without its end. */
  public String json() {
    return JSON.type(ScriptLine.class).toJson(this);
  }
}
