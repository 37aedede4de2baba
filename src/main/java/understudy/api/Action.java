package understudy.api;

import io.avaje.jsonb.Json;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What an operator asks for: body of the {@code POST /api/v1/…} calls. Absent fields take the
 * documented defaults.
 *
 * @param sync switchover: final sync first (default true)
 * @param evenIfPeerUnreachable switchover, demote, pin: go on although the peer cannot be contacted
 * @param force promote: override all but missing data and votes; the loss is stated before
 * @param forSeconds pause, pin: ends by itself after this time; absent: a pause lasts until
 *     resumed, a pin ten minutes
 * @param clients {@code hold} or {@code admit}
 * @param survivor resolve: the node that keeps the role; absent: by evidence
 * @param target switchover: the node that is to take over; absent: one that can
 * @param dataset sync: only this one; absent: all
 * @param dryRun plan only: says what would happen and changes nothing
 * @param quick sync: by the word of the source's watcher, where it knows what has changed; absent:
 *     everything is looked at
 */
@Json
public record Action(
    Kind kind,
    @Nullable Boolean sync,
    @Nullable Boolean evenIfPeerUnreachable,
    @Nullable Boolean force,
    @Nullable Long forSeconds,
    @Nullable String clients,
    @Nullable String survivor,
    @Nullable String target,
    @Nullable String dataset,
    @Nullable String reason,
    @Nullable Boolean dryRun,
    @Nullable Boolean quick) {

  /** The verbs; each is the last part of its path. */
  public enum Kind {
    SWITCHOVER,
    PROMOTE,
    DEMOTE,
    FAILBACK,
    PAUSE,
    RESUME,
    CANCEL,
    CLIENTS,
    RESOLVE,
    SYNC,
    DRILLS,
    PIN;

    /** The word in paths and logs: lower case. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static Action of(Kind kind) {
    return new Action(kind, null, null, null, null, null, null, null, null, null, null, null);
  }

  /** The same, and why: for the history. */
  public Action because(@Nullable String why) {
    return new Action(
        kind,
        sync,
        evenIfPeerUnreachable,
        force,
        forSeconds,
        clients,
        survivor,
        target,
        dataset,
        why,
        dryRun,
        quick);
  }

  /** Why it is wanted, in words for the history. */
  public String why() {
    return reason == null ? "no reason given" : reason;
  }
}
