package understudy.demo;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import understudy.demo.lab.Acknowledged;
import understudy.demo.lab.Client;
import understudy.demo.lab.LabException;
import understudy.demo.lab.Ledger;
import understudy.demo.lab.Trace;
import understudy.demo.lab.WrittenNumber;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * The window in which one step of a scenario is measured.
 *
 * @param start before the fault; writes acknowledged from here on must not be lost
 * @param fault when the fault or the command began
 */
public record Measurement(Client client, Moment start, Moment fault) {

  /**
   * Closes the window now.
   *
   * @param survivor the protected directory of the node that serves now
   * @param term of that node
   */
  public Outcome end(Clock clock, Path survivor, long term) throws LabException {
    Moment end = clock.now();
    Trace trace = client.meter().trace();
    Set<WrittenNumber> ledger = Ledger.entriesIn(survivor); // after the trace: it has all of it
    List<Acknowledged> lost = trace.missingFrom(ledger, start, end);
    return new Outcome(
        trace.outage(fault, end),
        lost.size(),
        lossReach(lost),
        trace.servedBy(start, end),
        client.watch().dual(start, end),
        term);
  }

  private Duration lossReach(List<Acknowledged> lost) {
    if (lost.isEmpty()) {
      return Duration.ZERO;
    }
    Duration reach = lost.getFirst().at().until(fault);
    return reach.isNegative() ? Duration.ZERO : reach;
  }
}
