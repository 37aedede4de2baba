package understudy.sync.plan;

import java.util.Optional;

/**
 * Stops a sync that looks like an accident at the source.
 *
 * @param maxDelete the share of the standby's entries, above 0 and up to 1, that may go
 * @param atLeastEntries fewer may always go, unless they are all
 * @param accepted a person agreed that so many go
 */
public record Brake(double maxDelete, long atLeastEntries, long accepted) {
  /** More than half of at least a hundred entries, or everything. */
  public static final Brake USUAL = new Brake(0.5, 100, 0);

  /** Never stops. */
  public static final Brake NONE = new Brake(1, Long.MAX_VALUE, Long.MAX_VALUE);

  /** The usual one with another share. */
  public static Brake at(double maxDelete) {
    return new Brake(maxDelete, USUAL.atLeastEntries, 0);
  }

  /** The same, after a person agreed to a number of deletions. */
  public Brake accepting(long entries) {
    return new Brake(maxDelete, atLeastEntries, entries);
  }

  public Brake {
    if (!(maxDelete > 0 && maxDelete <= 1) || atLeastEntries < 1) {
      throw new IllegalArgumentException("max-delete is a share above 0 % and up to 100 %");
    }
  }

  /**
   * The reason to refuse; empty when the sync may go on.
   *
   * @param own what the standby has
   * @param source what the source has
   * @param removed how many of the standby's entries would go without something in their place
   */
  public Optional<String> refusal(Totals own, Totals source, long removed) {
    if (removed <= accepted) {
      return Optional.empty();
    }
    if (source.entries() == 0 && own.entries() > 0) {
      return Optional.of("the source is empty and this standby has " + own.entries() + " entries");
    }
    if (removed >= atLeastEntries && removed > maxDelete * own.entries()) {
      return Optional.of(
          "%d of %d entries would be deleted, more than %.0f %%"
              .formatted(removed, own.entries(), maxDelete * 100));
    }
    return Optional.empty();
  }
}
