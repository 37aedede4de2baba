package understudy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Every story happens as its script expects and its log tells. */
class ScenarioTest {
  private static final Path STORIES = Path.of("src/test/resources/scenarios");
  private static final int LEAST_STORIES = 40;

  @TestFactory
  Stream<DynamicTest> everyStoryHappensAsItIsTold() throws IOException {
    return stories().stream()
        .map(story -> DynamicTest.dynamicTest(story.getFileName().toString(), () -> play(story)));
  }

  @Test
  void thereAreEnoughStories() throws IOException {
    assertThat(stories()).hasSizeGreaterThanOrEqualTo(LEAST_STORIES);
  }

  private static List<Path> stories() throws IOException {
    try (Stream<Path> directories = Files.list(STORIES)) {
      return directories.sorted().toList();
    }
  }

  private static void play(Path directory) throws IOException, ScenarioException {
    Story story = Story.in(directory);
    Path expected = directory.resolve("expected.log");
    story.play();
    String log = String.join("\n", story.log()) + "\n";
    if (Boolean.getBoolean("understudy.write")) {
      Files.writeString(expected, log);
    }
    assertThat(expected)
        .as("the log; when it is right: mvn test -Dtest=ScenarioTest -Dunderstudy.write=true")
        .hasContent(log);
    assertThat(Files.readString(directory.resolve("README.md")))
        .contains("**What happens.**", "**What must happen.**", "**Why.**");
  }
}
