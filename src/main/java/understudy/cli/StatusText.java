package understudy.cli;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import understudy.api.Views.AddressRow;
import understudy.api.Views.Countdown;
import understudy.api.Views.NodeRow;
import understudy.api.Views.Status;

/** The status for people: first the sentence, then one row per node, then the addresses. */
final class StatusText {
  private StatusText() {}

  static String of(Status status) {
    StringBuilder text = new StringBuilder(sentence(status)).append('\n');
    news(status).forEach(line -> text.append("  ").append(line).append('\n'));
    text.append('\n').append(nodes(status));
    if (!status.addresses().isEmpty()) {
      text.append('\n').append(addresses(status.addresses()));
    }
    return text.toString();
  }

  /** One row per node, as in {@code status}. */
  static String nodes(Status status) {
    Table table =
        new Table(
            "NAME",
            "DESIGNATION",
            "ROLE",
            "TERM",
            "SERVES",
            "SYNC",
            "LAG",
            "LAST-CONTACT",
            "TAKEOVER");
    for (NodeRow node : status.nodes()) {
      table.row(
          node.name(),
          node.designation(),
          node.role(),
          Long.toString(node.term()),
          Words.yesNo(node.serves()),
          sync(status, node),
          lag(node),
          contact(status, node),
          node.takeover());
    }
    return table.toString();
  }

  /** With the node that it copies, where that is not simply the one that serves. */
  static String sync(Status status, NodeRow node) {
    boolean isCascade =
        node.copiesFrom() != null
            && status.nodes().stream()
                .anyMatch(
                    other ->
                        other.name().equals(node.copiesFrom()) && !other.sync().equals("source"));
    return isCascade || (node.copiesFrom() != null && node.designation().equals("dr"))
        ? node.sync() + " from " + node.copiesFrom()
        : node.sync();
  }

  /** How much of the active node's data this node lacks; the source itself lacks nothing. */
  static String lag(NodeRow node) {
    if (node.sync().equals("source")) {
      return "-";
    }
    String age = Words.seconds(node.lagSeconds());
    return node.lagBytes() == null ? age : age + ", " + Words.bytes(node.lagBytes());
  }

  static String contact(Status status, NodeRow node) {
    return node.name().equals(status.node()) ? "this node" : Words.ago(node.lastContactSeconds());
  }

  private static String sentence(Status status) {
    String start = status.cluster() + ":";
    return status.sentence().startsWith(start)
        ? status.sentence()
        : start + " " + status.protection() + "  " + status.sentence();
  }

  private static List<String> news(Status status) {
    return java.util.stream.Stream.of(
            countdown(status.countdown()),
            status.waitingFor() == null ? "" : "waiting for " + status.waitingFor(),
            automation(status.automation(), status.pausedUntil()),
            waiting(status))
        .filter(line -> !line.isEmpty())
        .toList();
  }

  private static String waiting(Status status) {
    return String.join(
        "; ",
        status.datasets().stream()
            .map(dataset -> dataset.waitsFor())
            .filter(sentence -> sentence != null)
            .toList());
  }

  private static String countdown(@Nullable Countdown countdown) {
    if (countdown == null) {
      return "";
    }
    String missing =
        countdown.missing().isEmpty() ? "" : "; still missing: " + listed(countdown.missing());
    return countdown.silentNode()
        + " silent for "
        + Words.seconds(countdown.silentSeconds())
        + ", takeover in "
        + Words.seconds(countdown.takeoverInSeconds())
        + missing
        + " (understudy cancel stops it)";
  }

  private static String automation(String automation, @Nullable Instant until) {
    return switch (automation) {
      case "armed" -> "";
      case "paused" ->
          "automation is paused"
              + (until == null ? " until understudy resume" : " until " + Words.time(until));
      case "asks" -> "a person decides about a takeover: understudy promote";
      default -> "automation is " + automation;
    };
  }

  private static String addresses(List<AddressRow> addresses) {
    Table table = new Table("ADDRESS", "ON", "LAPSES-IN");
    for (AddressRow row : addresses) {
      String lapse = row.on() == null ? "-" : Words.seconds(row.remainingSeconds());
      table.row(row.address(), Words.orUnknown(row.on()), lapse);
    }
    return table.toString();
  }

  private static String listed(List<String> things) {
    return String.join(", ", things);
  }
}
