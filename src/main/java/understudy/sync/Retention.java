package understudy.sync;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * How long overwritten and deleted content is kept.
 *
 * @param age older content goes
 * @param sizeBytes beyond it the oldest content goes first; empty: no such limit
 */
public record Retention(Duration age, OptionalLong sizeBytes) {
  public static final Retention USUAL = new Retention(Duration.ofDays(7), OptionalLong.empty());
}
