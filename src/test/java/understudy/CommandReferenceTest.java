package understudy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import understudy.cli.Commands;
import understudy.cli.ExitCode;
import understudy.cli.Terminal;

/** The reference page shows what the program says about itself. */
class CommandReferenceTest {
  private static final Path PAGE = Path.of("docs/reference/cli.md");

  @Test
  void theReferencePageSaysWhatTheProgramSays() throws IOException {
    String page = page();
    if (Boolean.getBoolean("understudy.write")) {
      Files.writeString(PAGE, page);
    }
    assertThat(PAGE)
        .as("generated: mvn test -Dtest=CommandReferenceTest -Dunderstudy.write=true")
        .hasContent(page);
  }

  private static String page() {
    String all = help("--help");
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Command line

        <!-- Made from the program's own help by CommandReferenceTest. -->

        Data goes to stdout, progress, prompts and complaints to stderr. Without a terminal nothing
        is asked. Repeating a command is harmless. Options stand before or after the verb.

        ```text
        """);
    page.append(all).append("```\n\n## Exit codes\n\n| code | meaning |\n|---|---|\n");
    for (ExitCode code : ExitCode.values()) {
      page.append("| %d | %s |\n".formatted(code.number(), meaning(code)));
    }
    page.append(
        """

        `understudy is active|standby|ready` answers by its exit code: 0 yes, 2 no, 1 unknown.

        ## Environment

        | variable | meaning |
        |---|---|
        | `UNDERSTUDY_CONFIG` | where the configuration is, when `--config` is not given |
        | `UNDERSTUDY_TOKEN` | bearer token for `--node` |
        | `UNDERSTUDY_TOKEN_FILE` | file with that token; wins over `UNDERSTUDY_TOKEN` |
        | `UNDERSTUDY_CERTIFICATE` | PEM file with the certificate to trust for `--node` |

        ## Verbs
        """);
    List<String> verbs =
        all.substring(all.indexOf("Commands:\n") + 10)
            .lines()
            .filter(line -> line.matches("  [a-z].*"))
            .map(line -> line.strip().split(" ", 2)[0])
            .toList();
    for (String verb : verbs) {
      page.append("\n### ").append(verb).append("\n\n```text\n");
      page.append(help(verb, "--help")).append("```\n");
    }
    return page.toString();
  }

  private static String meaning(ExitCode code) {
    return switch (code) {
      case DONE -> "done";
      case FAILED -> "failed";
      case USAGE -> "the command was not understood";
      case REFUSED -> "refused by a safety check; the message names the override";
      case CONTINUES -> "the wait ran out, the operation goes on";
      case DAEMON_UNREACHABLE -> "the daemon cannot be reached";
      case PEER_UNREACHABLE -> "the peer cannot be reached";
    };
  }

  private static String help(String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
    Terminal terminal =
        new Terminal(
            stream, stream, new BufferedReader(new StringReader("")), () -> false, Map.of());
    int code = new Commands(terminal, "0", Main.VERBS).run(words);
    assertThat(code).as(Arrays.toString(words)).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }
}
