package understudy.resource.gate;

import java.util.List;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.time.Moment;

/**
 * No gate: there is nothing to protect, or this machine cannot have one. Everything passes; it says
 * so.
 */
public final class AbsentGate implements Gate {
  private final Readiness readiness;

  private AbsentGate(Readiness readiness) {
    this.readiness = readiness;
  }

  /** No address or port is to be gated. */
  public static AbsentGate notWanted() {
    return new AbsentGate(
        Readiness.notChecked("traffic gate", "no shared address and no port is configured for it"));
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
  public Outcome uninstall() {
    return done();
  }

  @Override
  public void release() {}
}
