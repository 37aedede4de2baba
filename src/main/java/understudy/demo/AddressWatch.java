package understudy.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import understudy.demo.lab.LabException;
import understudy.time.Clock;
import understudy.time.Moment;

/** Looks where the shared address is, as the kernel of a node tells. */
final class AddressWatch {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  private AddressWatch() {}

  /** How long after a moment the address had left the node, in milliseconds. */
  static long untilGone(Network network, DemoNode node, Moment from, Clock clock)
      throws DemoException, LabException {
    while (holds(network, node)) {
      if (from.until(clock.now()).compareTo(LIMIT) > 0) {
        throw new DemoException(
            network.shared() + " is still on " + node.name() + " after " + LIMIT);
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
    return from.until(clock.now()).toMillis();
  }

  static boolean holds(Network network, DemoNode node) throws LabException {
    List<String> command =
        network.inside(node.name(), List.of("ip", "-oneline", "-4", "address", "show"));
    try {
      Process shown = new ProcessBuilder(command).redirectErrorStream(true).start();
      String text = new String(shown.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return text.contains(" " + network.shared().getHostAddress() + "/");
    } catch (IOException failed) {
      throw new LabException("could not run " + String.join(" ", command), failed);
    }
  }
}
