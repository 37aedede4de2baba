package understudy.resource.gate;

import java.util.List;
import java.util.Optional;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.time.Moment;

/**
 * No gate, because no address or port is to be gated. Everything passes; the table of a gate that
 * was wanted before is removed, which would else drop traffic for ever.
 */
final class UnwantedGate implements Gate {
  private static final String NAME = "traffic gate";

  private final String table;
  private volatile Optional<Outcome.Failed> trouble = Optional.empty();

  /**
   * Removes nothing before {@link #ensure}.
   *
   * @param table the table of this node's gate when it wants one
   */
  UnwantedGate(String table) {
    this.table = table;
  }

  @Override
  public Outcome ensure() throws InterruptedException {
    Outcome removed = NftablesGate.remove(table);
    trouble = removed instanceof Outcome.Failed failed ? Optional.of(failed) : Optional.empty();
    return removed;
  }

  private static Outcome done() {
    return new Outcome.Done("no traffic gate is wanted");
  }

  @Override
  public Outcome move(State state) {
    return done();
  }

  @Override
  public State state() {
    return State.OPEN;
  }

  @Override
  public Outcome inspect() throws InterruptedException {
    return trouble.isPresent() ? ensure() : done();
  }

  @Override
  public void extend(Moment until) {}

  @Override
  public List<Readiness> readiness() {
    return List.of(
        trouble
            .map(failed -> Readiness.fail(NAME, failed.reason(), failed.fix()))
            .orElseGet(
                () ->
                    Readiness.notChecked(
                        NAME, "no shared address and no port is configured for it")));
  }

  @Override
  public void release() {}
}
