package understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the demo measures is started as a user starts it. */
class OwnProgramTest {
  private static List<String> flags(String name) throws IOException {
    Matcher list =
        Pattern.compile("(?s)" + name + "=\\((.*?)\\)")
            .matcher(Files.readString(Path.of("understudy")));
    assertThat(list.find()).isTrue();
    return List.of(list.group(1).replace("'", "").strip().split("\\s+"));
  }

  @Test
  void daemonsAndCommandsHaveTheFlagsOfTheLauncher() throws IOException {
    assertThat(OwnProgram.daemon(List.of("node"))).containsSequence(flags("DAEMON_FLAGS"));
    assertThat(OwnProgram.command(List.of("status"))).containsSequence(flags("COMMAND_FLAGS"));
  }
}
