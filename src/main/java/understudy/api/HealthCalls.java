package understudy.api;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /health/…} for load balancers: one word, no detail, answered from memory. */
final class HealthCalls {
  private static final Duration ANY_LAG = Duration.ofDays(3650);
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");

  private final ServedNode node;

  HealthCalls(ServedNode node) {
    this.node = node;
  }

  List<Route> routes() {
    return List.of(
        new Route("GET", "/health/live", Access.OPEN, say("live", node::isLive)),
        new Route("GET", "/health/ready", Access.OPEN, say("ready", node::isReady)),
        new Route("GET", "/health/active", Access.OPEN, say("active", node::isActive)),
        new Route("GET", "/health/standby", Access.OPEN, this::standby));
  }

  private static Route.Answer say(String word, BooleanSupplier claim) {
    return exchange -> answer(exchange, word, claim.getAsBoolean());
  }

  private void standby(Exchange exchange) throws IOException, ProblemException {
    Optional<String> text = exchange.query("max-lag");
    Duration maxLag = text.isEmpty() ? ANY_LAG : parse(text.get());
    answer(exchange, "standby", node.isStandby(maxLag));
  }

  private static void answer(Exchange exchange, String word, boolean isSo) throws IOException {
    exchange.send(isSo ? 200 : 503, "text/plain", (isSo ? word : "no") + "\n");
  }

  private static Duration parse(String text) throws ProblemException {
    Matcher parts = DURATION.matcher(text);
    if (!parts.matches()) {
      throw ProblemException.badRequest(
          "max-lag is a number with a unit", "write max-lag=30s (ms, s, m, h, d)");
    }
    long number = Long.parseLong(parts.group(1));
    return switch (parts.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> throw new IllegalStateException("the pattern lets no other unit through");
    };
  }
}
