package understudy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import understudy.cli.Commands;
import understudy.cli.ExitCode;
import understudy.cli.Terminal;
import understudy.cli.Verb;

/** What a person or a script gets who runs the simulator. */
class SimulateCommandTest {
  private static final Path STORY = Path.of("src/test/resources/scenarios/switchover");

  private record Ran(int code, String out, String err) {}

  private static Ran simulate(String... options) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    var terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new BufferedReader(new StringReader("")),
            () -> false,
            Map.of());
    var words = new String[options.length + 1];
    words[0] = "simulate";
    System.arraycopy(options, 0, words, 1, options.length);
    int code =
        new Commands(terminal, "1.2.3", List.of(new Verb("simulate", SimulateCommand::new)))
            .run(words);
    return new Ran(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void threeWorldsGiveOneJsonObject() {
    Ran ran = simulate("--seeds", "3", "--json");

    assertThat(ran.code()).isEqualTo(ExitCode.DONE.number());
    assertThat(ran.out())
        .startsWith("{\"worlds\":3,\"violations\":0,")
        .endsWith("\"failures\":[]}\n")
        .hasLineCount(1);
  }

  @Test
  void theTraceOfASeedTellsEveryStep() {
    Ran ran = simulate("--seed", "4711", "--minutes", "1", "--trace");

    assertThat(ran.code()).isEqualTo(ExitCode.DONE.number());
    assertThat(ran.out())
        .contains(
            "daemon starts; remembers term 0",
            "standby → starting, term 1",
            "starting → active, term 1: SERVES",
            "is asked (1)",
            "everything heals")
        .endsWith("every promise held\n");
  }

  @Test
  void withoutOperatorsAndTroubleNobodyAsksAndNothingHangs() {
    Ran ran = simulate("--seed", "4711", "--trace", "--faults", "kill,power");

    assertThat(ran.code()).isEqualTo(ExitCode.DONE.number());
    assertThat(ran.out())
        .contains("daemon is killed", "power is cut", "troubled=false")
        .doesNotContain("is asked", "hangs");
  }

  @Test
  void aStoryIsPlayedFromItsDirectoryAndFromItsScript() throws Exception {
    String log = Files.readString(STORY.resolve("expected.log"));

    assertThat(simulate("--scenario", STORY.toString()))
        .isEqualTo(new Ran(ExitCode.DONE.number(), log, ""));
    assertThat(simulate("--scenario", STORY.resolve("script").toString()))
        .isEqualTo(new Ran(ExitCode.DONE.number(), log, ""));
  }

  @Test
  void whatIsWrongIsSaid() {
    assertThat(saysOfUse("--faults", "kill,earthquake"))
        .contains("there is no fault 'earthquake'; there are kill, power,", "trouble, operator");
    assertThat(saysOfUse("--scenario", "no/such/story"))
        .contains("there is no story no/such/story");
    assertThat(saysOfUse("--trace")).contains("--trace needs --seed");
    assertThat(saysOfUse("--seeds", "0")).contains("--seeds is at least 1, not 0");
    assertThat(saysOfUse("--hours", "1", "--minutes", "1")).contains("not both");
  }

  private static String saysOfUse(String... options) {
    Ran ran = simulate(options);
    assertThat(ran.code()).isEqualTo(ExitCode.USAGE.number());
    assertThat(ran.out()).isEmpty();
    return ran.err();
  }
}
