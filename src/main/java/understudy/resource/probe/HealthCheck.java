package understudy.resource.probe;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import understudy.config.ResourceConfig;
import understudy.config.ResourceConfig.Probe;
import understudy.resource.program.Program;

/** Asks a service whether it is well, once, within its configured time-out. Any thread. */
public final class HealthCheck {
  private static final int LEAST_WELL = 200;
  private static final int MOST_WELL = 399;

  /** While it starts a client may be waiting: first soon, then less and less often. */
  private static final Duration FIRST_PAUSE = Duration.ofMillis(3);

  private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

  private static final Duration SLACK = Duration.ofMillis(100);

  private final ResourceConfig.Health config;

  public HealthCheck(ResourceConfig.Health config) {
    this.config = config;
  }

  /** What the service said; {@code evidence} names what was asked. */
  public record Finding(boolean isWell, String evidence) {}

  /** How often and how patiently to ask. */
  public ResourceConfig.Health config() {
    return config;
  }

  public Finding ask() throws InterruptedException {
    return Concurrently.ask(
            List.of(config.probe()),
            this::ask,
            config.timeout().plus(SLACK),
            probe ->
                new Finding(
                    false,
                    text(probe) + ": no answer within " + config.timeout().toMillis() + " ms"))
        .getFirst();
  }

  /**
   * Asks until the service is well, the deadline passes or it is not worth waiting any more.
   *
   * @param deadline on {@link System#nanoTime}
   * @return the last finding
   */
  public Finding awaitWell(long deadline, BooleanSupplier isWorthWaiting)
      throws InterruptedException {
    long pause = FIRST_PAUSE.toNanos();
    Finding finding = ask();
    while (!finding.isWell() && isWorthWaiting.getAsBoolean()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        break;
      }
      TimeUnit.NANOSECONDS.sleep(Math.min(left, pause));
      pause = Math.min(LONGEST_PAUSE.toNanos(), pause + pause / 8);
      finding = ask();
    }
    return finding;
  }

  private static String text(Probe probe) {
    return switch (probe) {
      case Probe.Http http -> http.url();
      case Probe.Tcp tcp -> tcp.endpoint().toString();
      case Probe.Command command -> String.join(" ", command.command());
    };
  }

  private Finding ask(Probe probe) {
    return switch (probe) {
      case Probe.Http http -> askHttp(http);
      case Probe.Tcp tcp -> askTcp(tcp);
      case Probe.Command command -> askCommand(command);
    };
  }

  /** Over a new connection: one that was opened earlier says little about the next client's. */
  private Finding askHttp(Probe.Http http) {
    int milliseconds = Math.max(1, (int) config.timeout().toMillis());
    try {
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(http.url()).toURL().openConnection();
      try {
        connection.setConnectTimeout(milliseconds);
        connection.setReadTimeout(milliseconds);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        int code = connection.getResponseCode();
        return new Finding(
            code >= LEAST_WELL && code <= MOST_WELL, http.url() + " answered " + code);
      } finally {
        connection.disconnect();
      }
    } catch (IOException failed) {
      return new Finding(false, http.url() + ": " + failed.getMessage());
    }
  }

  private Finding askTcp(Probe.Tcp tcp) {
    InetSocketAddress to = new InetSocketAddress(tcp.endpoint().host(), tcp.endpoint().port());
    return switch (TcpQuestion.ask(to, config.timeout())) {
      case TcpQuestion.Answer.Open _ -> new Finding(true, tcp.endpoint() + " accepts connections");
      case TcpQuestion.Answer.Refused _ ->
          new Finding(false, tcp.endpoint() + " refuses connections");
      case TcpQuestion.Answer.Nothing nothing ->
          new Finding(false, tcp.endpoint() + ": " + nothing.reason());
    };
  }

  private Finding askCommand(Probe.Command command) {
    try {
      Program.Result result = Program.of(command.command()).run(config.timeout());
      return new Finding(result.isSuccess(), command.command().getFirst() + " " + result.text());
    } catch (InterruptedException late) {
      Thread.currentThread().interrupt();
      return new Finding(false, command.command().getFirst() + " was interrupted");
    }
  }
}
