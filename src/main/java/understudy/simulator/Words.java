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
    for (String part : call.group(2).split(", ")) {
      String[] pair = part.split("=", 2);
      boolean said = pair.length == 2 && !List.of("false", "Optional.empty").contains(pair[1]);
      if (said) {
        String value = pair[1].replaceAll("^Optional\\[(.*)]$", "$1");
        words.add(value.equals("true") ? kebab(pair[0]) : kebab(pair[0]) + " " + value);
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
