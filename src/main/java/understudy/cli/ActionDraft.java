package understudy.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import understudy.api.Action;
import understudy.api.Action.Kind;

/** An action while its options are being gathered; what is not said keeps the API's default. */
final class ActionDraft {
  private final Kind kind;
  private @Nullable Boolean sync;
  private @Nullable Boolean evenIfPeerUnreachable;
  private @Nullable Boolean force;
  private @Nullable Long forSeconds;
  private @Nullable String clients;
  private @Nullable String survivor;
  private @Nullable String target;
  private @Nullable String dataset;
  private @Nullable Boolean quick;

  ActionDraft(Kind kind) {
    this.kind = kind;
  }

  ActionDraft withoutSync(boolean claim) {
    sync = claim ? false : null;
    return this;
  }

  ActionDraft evenIfPeerUnreachable(boolean claim) {
    evenIfPeerUnreachable = claim ? true : null;
    return this;
  }

  ActionDraft force(boolean claim) {
    force = claim ? true : null;
    return this;
  }

  ActionDraft endingAfter(@Nullable Duration time) {
    forSeconds = time == null ? null : time.toSeconds();
    return this;
  }

  ActionDraft clients(String word) {
    clients = word;
    return this;
  }

  ActionDraft survivor(@Nullable String node) {
    survivor = node;
    return this;
  }

  ActionDraft target(@Nullable String node) {
    target = node;
    return this;
  }

  ActionDraft dataset(@Nullable String name) {
    dataset = name;
    return this;
  }

  ActionDraft quick(boolean claim) {
    quick = claim ? true : null;
    return this;
  }

  /** The action, with the reason and the dry run of the global options. */
  Action with(GlobalOptions options) {
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
        options.reason().orElse(null),
        options.isDryRun() ? true : null,
        quick);
  }
}
