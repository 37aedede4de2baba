import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import understudy.demo.lab.Client;
import understudy.demo.lab.WrittenNumber;

/** A peer of Understudy at work on two machines, {@code a} serves at first. */
interface Engine {
  /** Between two heartbeats: the fault comes at a random moment of it. */
  Duration interval();

  /** How long after a fault of the daemon one looks on: until the other host has noticed it. */
  default Duration noticed() {
    return Duration.ofSeconds(8);
  }

  /** Starts it on both hosts; returns when both are in touch and {@code a} serves. */
  void begin() throws Exception;

  /** A client that writes where clients of this engine do, and sees which hosts answer them. */
  Client client() throws Exception;

  /** The operator's planned move from {@code a} to {@code b}. */
  void handOver() throws Exception;

  /** Its processes on a host, the service not among them. */
  List<Long> daemons(String host) throws Exception;

  /** The writes that a host has; empty for an engine that moves no data. */
  default Optional<Set<WrittenNumber>> ledger(String host) throws Exception {
    return Optional.empty();
  }
}
