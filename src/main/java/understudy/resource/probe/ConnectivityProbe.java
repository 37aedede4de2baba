package understudy.resource.probe;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import understudy.config.Endpoint;
import understudy.linux.EchoSocket;
import understudy.linux.SystemCallException;
import understudy.resource.program.Program;

/**
 * Asks the addresses that tell whether this node is cut off: a plain host by ICMP echo, {@code
 * host:port} by TCP. A refused connection counts as an answer: the host is alive. All are asked at
 * once.
 */
public final class ConnectivityProbe {
  private static final int MOST_TARGETS = 16;

  /** A lost packet must not look like a lost network. */
  private static final Duration ASK_AGAIN = Duration.ofMillis(40);

  /** Starting a program and giving up threads takes its time on a busy machine. */
  private static final Duration SLACK = Duration.ofMillis(100);

  private final List<String> targets;
  private final Duration timeout;
  private final Set<String> beingAsked = ConcurrentHashMap.newKeySet();

  /**
   * @param targets as {@code failover.connectivity-test} has them; IPv6 with a port in brackets
   */
  public ConnectivityProbe(List<String> targets, Duration timeout) {
    if (targets.size() > MOST_TARGETS) {
      throw new IllegalArgumentException(
          "at most " + MOST_TARGETS + " connectivity test addresses, not " + targets.size());
    }
    this.targets = targets.stream().distinct().toList();
    this.timeout = timeout;
  }

  /** What one address said; {@code evidence} is the middle of a sentence. */
  public record Finding(String target, boolean isAnswered, String evidence) {}

  /** Asks all; takes at most the time-out and a tenth of a second. */
  public List<Finding> ask() throws InterruptedException {
    return Concurrently.askUrgently(
        targets,
        this::ask,
        timeout.plus(SLACK),
        target -> new Finding(target, false, "no answer within " + timeout.toMillis() + " ms"));
  }

  /** At least one address answered, or none is configured. */
  public static boolean isConnected(List<Finding> findings) {
    return findings.isEmpty() || findings.stream().anyMatch(Finding::isAnswered);
  }

  /** A name server that does not answer holds a question for long: never ask twice meanwhile. */
  private Finding ask(String target) {
    if (!beingAsked.add(target)) {
      return new Finding(target, false, "the last question is still without an answer");
    }
    try {
      return isPlainHost(target) ? echo(target) : connect(target);
    } catch (UnknownHostException unknown) {
      return new Finding(target, false, "the name does not resolve");
    } catch (IllegalArgumentException unreadable) {
      return new Finding(target, false, String.valueOf(unreadable.getMessage()));
    } finally {
      beingAsked.remove(target);
    }
  }

  private static boolean isPlainHost(String target) {
    int colons = target.length() - target.replace(":", "").length();
    return colons != 1 && !target.startsWith("[");
  }

  private Finding connect(String target) {
    Endpoint endpoint = Endpoint.parse(target);
    InetSocketAddress to = new InetSocketAddress(endpoint.host(), endpoint.port());
    return switch (TcpQuestion.ask(to, timeout)) {
      case TcpQuestion.Answer.Open _ -> new Finding(target, true, "connected");
      case TcpQuestion.Answer.Refused _ ->
          new Finding(target, true, "refused the connection, so the host is alive");
      case TcpQuestion.Answer.Nothing nothing -> new Finding(target, false, nothing.reason());
    };
  }

  private Finding echo(String target) throws UnknownHostException {
    InetAddress host = InetAddress.getByName(target);
    try (EchoSocket socket = new EchoSocket(host)) {
      return socket.isAnswered(ASK_AGAIN, timeout)
          ? new Finding(target, true, "answered an echo request")
          : new Finding(target, false, "no answer within " + timeout.toMillis() + " ms");
    } catch (SystemCallException refused) {
      return refused.isNotPermitted()
          ? ping(host, target)
          : new Finding(target, false, String.valueOf(refused.getMessage()));
    }
  }

  /** The program may what this process may not. */
  private Finding ping(InetAddress host, String target) {
    String seconds = String.valueOf(Math.max(1, timeout.plusMillis(999).toSeconds()));
    Program program =
        Program.of("ping", "-n", "-q", "-c", "1", "-W", seconds, host.getHostAddress());
    try {
      Program.Result result = program.run(timeout);
      return result.isSuccess()
          ? new Finding(target, true, "answered ping")
          : new Finding(target, false, "ping " + result.text());
    } catch (InterruptedException late) {
      Thread.currentThread().interrupt();
      return new Finding(target, false, "ping was interrupted");
    }
  }
}
