package understudy.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an operator wants done with data: body of {@code POST /api/v1/salvage/restore}, {@code
 * /sync/answer}, {@code /sync/verify} and {@code /sync/limit}.
 *
 * @param item restore: a kept piece, such as {@code beta:17}
 * @param path restore: a path of the dataset, together with {@code at}
 * @param at restore: as of this time
 * @param to restore: an absolute path on the answering node; absent: in place, on the active node
 * @param replace restore: what is there is moved aside
 * @param accept answer: true to go on, false to stay
 * @param read verify: read everything again
 * @param repair verify: put right what is damaged
 * @param bytesPerSecond verify: how fast to read at most; limit: how fast to receive at most, 0:
 *     without limit, absent: as the configuration says
 */
@Json
public record DataAction(
    @Nullable Kind kind,
    @Nullable String dataset,
    @Nullable String item,
    @Nullable String path,
    @Nullable Instant at,
    @Nullable String to,
    @Nullable Boolean replace,
    @Nullable Boolean accept,
    @Nullable Boolean read,
    @Nullable Boolean repair,
    @Nullable Long bytesPerSecond,
    @Nullable String reason,
    @Nullable Boolean dryRun) {

  /** The verbs. */
  public enum Kind {
    RESTORE,
    ANSWER,
    VERIFY,
    LIMIT;

    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  DataAction as(Kind other) {
    return new DataAction(
        other,
        dataset,
        item,
        path,
        at,
        to,
        replace,
        accept,
        read,
        repair,
        bytesPerSecond,
        reason,
        dryRun);
  }

  public static boolean isTrue(@Nullable Boolean flag) {
    return Boolean.TRUE.equals(flag);
  }
}
