package understudy.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import understudy.failover.Designation;

/** {@code understudy witness}: runs the daemon of a machine that only votes. */
@Command(
    name = "witness",
    description = {
      "Run the daemon of a machine that only votes: no data, no resources.",
      "Enrol it first: understudy pair join INVITE --designation witness"
    })
public final class WitnessCommand implements Callable<Integer> {
  private final Invocation invocation;

  public WitnessCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure, InterruptedException {
    if (invocation.nodeSettings().designation() != Designation.WITNESS) {
      throw new Failure(
          ExitCode.REFUSED,
          "node.yaml says that this machine is a node, not a witness",
          "start it with: understudy node; or enrol a witness: pair join --designation witness");
    }
    return new NodeCommand(invocation).call();
  }
}
