package understudy.failover;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The page of rules shows what the code has: the table from {@link Rule}, the diagram from every
 * step that the exhaustive space of situations and inputs allows.
 */
class RuleReferenceTest {
  private static final Path PAGE = Path.of("docs/reference/rules.md");

  @Test
  void thePageOfRulesSaysWhatTheCodeDoes() throws IOException {
    String page = page();
    if (Boolean.getBoolean("understudy.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE)
        .as("generated: mvn test -Dtest=RuleReferenceTest -Dunderstudy.write=true")
        .hasContent(page);
  }

  private static String page() {
    var page = new StringBuilder();
    page.append(
        """
        # Roles and rules

        <!-- Made from the code by RuleReferenceTest. -->

        Every change of a role, every refusal and every wait in the history names one of these rules,
        with the facts that it stood on. `understudy history` shows them.

        ## Roles

        Each arrow was found by giving every input of a small world to every kind of state in it; the
        words are the rules that can lead along it. The world under the arbiter `peer`: a pair, with
        and without a fence command; a pair with a disaster recovery node whose on-failure is `ask`;
        a node alone. Under `majority`: a pair and its witness, which only ever votes. Under `lease`:
        a pair, with and without failsafe. Under these two the data is always complete.

        ```mermaid
        stateDiagram-v2
            [*] --> standby: the daemon starts
        """);
    edges()
        .forEach(
            (edge, rules) ->
                page.append("    ")
                    .append(edge)
                    .append(": ")
                    .append(String.join(", ", rules))
                    .append('\n'));
    page.append(
        """
        ```

        ## Rules

        | rule | meaning | a person should |
        |---|---|---|
        """);
    for (Rule rule : Rule.values()) {
      if (rule != Rule.NOTHING) {
        page.append("| `%s` | %s | %s |\n".formatted(rule, rule.sentence(), duty(rule.weight())));
      }
    }
    return page.toString();
  }

  private static String duty(Rule.Weight weight) {
    return switch (weight) {
      case QUIET -> "–";
      case INFO -> "know";
      case WARN -> "look: protection is reduced";
      case ERROR -> "act";
    };
  }

  private static SortedMap<String, SortedSet<String>> edges() {
    var edges = new TreeMap<String, SortedSet<String>>();
    Space.explore((failover, state, input) -> note(edges, state, failover.step(state, input)));
    return edges;
  }

  private static void note(SortedMap<String, SortedSet<String>> edges, State from, Step step) {
    Role to = step.next().role();
    if (from.role() != to) {
      String edge = from.role().word() + " --> " + to.word();
      edges
          .computeIfAbsent(edge, _ -> new TreeSet<>())
          .add(step.rule().name().toLowerCase(Locale.ROOT));
    }
  }
}
