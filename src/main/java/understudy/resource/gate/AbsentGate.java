package understudy.resource.gate;

import java.util.List;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.time.Moment;

/** No gate: it is wanted, and this machine cannot have one. Everything passes; it says so. */
public final class AbsentGate implements Gate {
  private final Readiness readiness;

  private AbsentGate(Readiness readiness) {
    this.readiness = readiness;
  }

  /** It is wanted, and this machine cannot. */
  public static AbsentGate notAvailable(String reason, String fix) {
    return new AbsentGate(
        Readiness.warn(
            "traffic gate", "not available, so a hung node keeps its clients: " + reason, fix));
  }

  private Outcome done() {
    return new Outcome.Done("no traffic gate: " + readiness.evidence());
  }

  @Override
  public Outcome ensure() {
    return done();
  }

  @Override
  public Outcome move(State state) {
    return done();
  }

  /** Nothing ever stops a packet here. */
  @Override
  public State state() {
    return State.OPEN;
  }

  @Override
  public Outcome inspect() {
    return done();
  }

  @Override
  public void extend(Moment until) {}

  @Override
  public List<Readiness> readiness() {
    return List.of(readiness);
  }

  @Override
  public void release() {}
}
