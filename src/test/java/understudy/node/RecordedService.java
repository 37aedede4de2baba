package understudy.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A service of every node of a cluster, and a fence command: each writes into one file, line by
 * line, what was done on which node.
 */
final class RecordedService {
  private final Path directory;

  RecordedService(Path directory) {
    this.directory = directory;
  }

  /**
   * For the cluster document. A stop takes as long as {@link #clings} is there, a start as long as
   * {@link #tarries} is.
   */
  String resources() {
    return here(
        """
        resources:
          - command:
              name: web
              start: [sh, -c, 'echo $UNDERSTUDY_NODE starts >> HERE/story; touch HERE/$UNDERSTUDY_NODE.runs; while test -e HERE/tarries; do sleep 0.1; done']
              stop: [sh, -c, 'echo $UNDERSTUDY_NODE stops >> HERE/story; while test -e HERE/clings; do sleep 0.1; done; rm -f HERE/$UNDERSTUDY_NODE.runs']
              check: [sh, -c, 'test -e HERE/$UNDERSTUDY_NODE.runs']
        """);
  }

  /**
   * For the section {@code failover}.
   *
   * @param script for the shell; {@code POWER} becomes the path of {@link #power}
   */
  String fence(String script) {
    return here(
        "fence: { command: [sh, -c, 'echo $UNDERSTUDY_NODE fences $UNDERSTUDY_PEER >> HERE/story; "
            + script.replace("POWER", power().toString())
            + "'] }");
  }

  private String here(String text) {
    return text.replace("HERE", directory.toString());
  }

  Path clings() {
    return directory.resolve("clings");
  }

  Path tarries() {
    return directory.resolve("tarries");
  }

  Path power() {
    return directory.resolve("power");
  }

  List<String> story() {
    try {
      Path story = directory.resolve("story");
      return Files.exists(story) ? Files.readAllLines(story) : List.of();
    } catch (IOException unreadable) {
      throw new AssertionError(unreadable);
    }
  }
}
