package understudy.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import understudy.failover.Effect.Reply;
import understudy.failover.Request;
import understudy.failover.State;
import understudy.failover.Step;

/** What happens in a world, in the words of its log. */
final class Words {
  private static final Pattern CALL = Pattern.compile("(\\w+)\\[(.*)]", Pattern.DOTALL);
  private static final Pattern UPPER = Pattern.compile("(?<=[a-z])(?=[A-Z])");

  private Words() {}

  /** Role, term, rule and what it stood on. */
  static String of(State before, Step step) {
    String from = before.role().word();
    String to = step.next().role().word();
    String sentence = step.rule() + " " + step.rule().sentence();
    return "%s, term %s: %s%s"
        .formatted(
            from.equals(to) ? from : from + " → " + to,
            step.next().durable().term(),
            sentence,
            step.evidence().isEmpty() ? "" : ": " + String.join("; ", step.evidence()));
  }

  /** As a person would type it. */
  static String of(Request request) {
    Matcher call = CALL.matcher(request.toString());
    if (!call.matches()) {
      return request.toString();
    }
    List<String> words = new ArrayList<>(List.of(kebab(call.group(1))));
    for (String part : call.group(2).split(", ", -1)) {
      int is = part.indexOf('=');
      String name = kebab(part.substring(0, Math.max(is, 0)));
      String value = part.substring(is + 1);
      if (value.equals("true")) {
        words.add(name);
      } else if (!value.equals("false") && !value.equals("Optional.empty") && !value.isEmpty()) {
        words.add(name + " " + value.replaceAll("^Optional\\[(.*)]$", "$1"));
      }
    }
    return String.join(", ", words);
  }

  static String of(Reply reply) {
    return switch (reply) {
      case Reply.Underway(String step) -> "underway: " + step;
      case Reply.Done(String what) -> "done: " + what;
      case Reply.Refused(var rule, var evidence, var override) ->
          "refused: "
              + rule
              + ": "
              + String.join("; ", evidence)
              + override.map(option -> " (override: " + option + ")").orElse("");
      case Reply.Failed(var rule, String what) -> "failed: " + rule + ": " + what;
    };
  }

  private static String kebab(String name) {
    return UPPER.matcher(name).replaceAll("-").toLowerCase(Locale.ROOT);
  }
}
