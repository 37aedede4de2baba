package understudy.store;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import understudy.failover.Durable;
import understudy.failover.Durable.Offer;
import understudy.failover.Durable.Pause;
import understudy.failover.Durable.Pinned;
import understudy.failover.Durable.Vote;
import understudy.failover.NodeName;
import understudy.failover.Term;

/** {@link Durable} as lines of {@code key value}, readable by people. */
final class DurableText {
  private static final String HEADER = "understudy failover state 1";

  private DurableText() {}

  static String write(Durable durable) {
    var text = new StringBuilder(HEADER).append('\n');
    text.append("term ").append(durable.term()).append('\n');
    text.append("reign ").append(durable.reign()).append('\n');
    text.append("served ").append(durable.served()).append('\n');
    text.append("known-served ").append(durable.knownServed()).append('\n');
    text.append("willing ").append(durable.willing()).append('\n');
    text.append("clients-held ").append(durable.clientsHeld()).append('\n');
    durable
        .offer()
        .ifPresent(
            offer ->
                text.append("offer ")
                    .append(offer.operation() + " " + offer.to() + " " + offer.term())
                    .append('\n'));
    durable
        .pause()
        .ifPresent(
            pause ->
                text.append("pause ")
                    .append(pause.until().map(Instant::toString).orElse("open"))
                    .append(' ')
                    .append(pause.reason().replaceAll("\\s+", " "))
                    .append('\n'));
    durable
        .vote()
        .ifPresent(
            vote ->
                text.append("vote ")
                    .append(vote.term() + " " + vote.to().map(NodeName::value).orElse("-"))
                    .append('\n'));
    durable
        .pinned()
        .ifPresent(
            pinned -> text.append("pinned " + pinned.node() + " " + pinned.until()).append('\n'));
    return text.toString();
  }

  /** Throws {@link IllegalArgumentException} that says what is wrong. */
  static Durable read(String text) {
    String[] lines = text.split("\n", -1);
    if (!lines[0].equals(HEADER)) {
      throw new IllegalArgumentException("does not begin with '" + HEADER + "'");
    }
    Map<String, String> values = new HashMap<>();
    for (int i = 1; i < lines.length - 1; i++) {
      int space = lines[i].indexOf(' ');
      if (space < 1) {
        throw new IllegalArgumentException("line " + (i + 1) + " is not 'key value'");
      }
      values.put(lines[i].substring(0, space), lines[i].substring(space + 1));
    }
    // Files of earlier releases have no "served": there it was the reign.
    var served = new Term(Long.parseLong(values.getOrDefault("served", required(values, "reign"))));
    return new Durable(
        new Term(Long.parseLong(required(values, "term"))),
        new Term(Long.parseLong(required(values, "reign"))),
        Boolean.parseBoolean(required(values, "willing")),
        Optional.ofNullable(values.get("offer")).map(DurableText::offer),
        Optional.ofNullable(values.get("pause")).map(DurableText::pause),
        Boolean.parseBoolean(required(values, "clients-held")),
        Optional.ofNullable(values.get("vote")).map(DurableText::vote),
        Optional.ofNullable(values.get("pinned")).map(DurableText::pinned),
        served,
        new Term(Long.parseLong(values.getOrDefault("known-served", served.toString()))));
  }

  private static Pinned pinned(String value) {
    String[] parts = value.split(" ", -1);
    if (parts.length != 2) {
      throw new IllegalArgumentException("a pinned node has two parts: " + value);
    }
    return new Pinned(new NodeName(parts[0]), Instant.parse(parts[1]));
  }

  private static Vote vote(String value) {
    String[] parts = value.split(" ", -1);
    if (parts.length != 2) {
      throw new IllegalArgumentException("a vote has two parts: " + value);
    }
    return new Vote(
        new Term(Long.parseLong(parts[0])),
        parts[1].equals("-") ? Optional.empty() : Optional.of(new NodeName(parts[1])));
  }

  private static String required(Map<String, String> values, String key) {
    String value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("'" + key + "' is missing");
    }
    return value;
  }

  private static Offer offer(String value) {
    String[] parts = value.split(" ", -1);
    if (parts.length != 3) {
      throw new IllegalArgumentException("an offer has three parts: " + value);
    }
    return new Offer(
        Long.parseLong(parts[0]), new NodeName(parts[1]), new Term(Long.parseLong(parts[2])));
  }

  private static Pause pause(String value) {
    int space = value.indexOf(' ');
    String until = space < 0 ? value : value.substring(0, space);
    String reason = space < 0 ? "" : value.substring(space + 1);
    return new Pause(
        until.equals("open") ? Optional.empty() : Optional.of(Instant.parse(until)), reason);
  }
}
