import java.time.Duration;
import java.util.List;

/** A peer of Understudy that moves an address between two hosts, {@code a} at first. */
interface Engine {
  /** What the figures are called after. */
  String name();

  /** Of Understudy, that it is set beside: {@code default} or {@code fast}. */
  String profile();

  /** Between two heartbeats: the fault comes at a random moment of it. */
  Duration interval();

  /** Starts it on both hosts; returns when both are in touch and {@code a} has the address. */
  void begin() throws Exception;

  /** The operator's planned move from {@code a} to {@code b}. */
  void handOver() throws Exception;

  /** Its processes on a host, the service not among them. */
  List<Long> daemons(String host) throws Exception;
}
