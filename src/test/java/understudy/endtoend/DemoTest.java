package understudy.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The demo as users run it. Who serves, what is lost and whether two serve at once is judged here
 * on any machine; how long an outage lasts only roughly, because other work on the machine counts
 * in: {@code bench/} measures it.
 */
class DemoTest {
  private static final int MINUTES = 6;
  private static final long OUTAGE_ON_A_BUSY_MACHINE_MS = 30_000;
  private static final JsonType<Map<String, Object>> LINE =
      Jsonb.builder().build().type(Object.class).map();

  @TempDir Path directory;
  private Path data = Path.of("data");

  @BeforeEach
  void makeData() throws Exception {
    data = Files.createDirectories(directory.resolve("data"));
    for (int file = 0; file < 300; file++) {
      Path folder = Files.createDirectories(data.resolve("folder-" + file % 10));
      Files.writeString(folder.resolve("file-" + file), "content " + file);
    }
  }

  private List<Map<String, Object>> play(String... words) throws Exception {
    List<Map<String, Object>> lines = new ArrayList<>();
    Process demo = start(words);
    assertThat(demo.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
    for (String line : Files.readAllLines(directory.resolve("out"))) {
      lines.add(LINE.fromJson(line));
    }
    assertThat(lines).as(Files.readString(directory.resolve("err"))).isNotEmpty();
    assertThat(Machine.entries(directory.resolve("t")))
        .noneMatch(name -> name.startsWith("understudy-demo"));
    return lines;
  }

  private Process start(String... words) throws Exception {
    List<String> line = new ArrayList<>(List.of("demo", "--data", data.toString()));
    line.addAll(Arrays.asList(words));
    List<String> command = new ArrayList<>(Machine.command(line));
    Path temporary = Files.createDirectories(directory.resolve("t"));
    command.add(1, "-Djava.io.tmpdir=" + temporary);
    return new ProcessBuilder(command)
        .redirectInput(new File("/dev/null"))
        .redirectOutput(directory.resolve("out").toFile())
        .redirectError(directory.resolve("err").toFile())
        .start();
  }

  private static void assertSafe(List<Map<String, Object>> lines) {
    assertThat(lines)
        .allSatisfy(
            line -> {
              assertThat(line.get("outage_ms"))
                  .as("%s", line)
                  .isInstanceOfSatisfying(
                      Number.class,
                      outage ->
                          assertThat(outage.longValue()).isLessThan(OUTAGE_ON_A_BUSY_MACHINE_MS));
              assertThat((List<?>) line.get("failed"))
                  .as("%s", line)
                  .allMatch(reason -> String.valueOf(reason).startsWith("outage of"));
            });
  }

  private static List<Object> names(List<Map<String, Object>> lines) {
    return lines.stream().map(line -> line.get("scenario")).toList();
  }

  @Test
  void everyScenarioWithoutRootIsSafe() throws Exception {
    List<Map<String, Object>> lines = play("--script", "all", "--json");

    assertThat(names(lines))
        .containsExactly(
            "kill",
            "kill-return",
            "kill-daemon",
            "kill-daemon-return",
            "kill-both",
            "hang",
            "hang-wake",
            "switchover",
            "switchover-back",
            "conflict");
    assertSafe(lines);
  }

  /** Needs root, iproute2 and nftables. */
  @Test
  @Tag("root")
  void everyScenarioWithARealAddressIsSafe() throws Exception {
    List<Map<String, Object>> lines = play("--netns", "--script", "all", "--json");

    assertThat(names(lines))
        .contains("partition-one-link", "partition-heartbeats", "partition", "partition-heal")
        .hasSize(14);
    assertSafe(lines);
  }

  @Test
  void demoThatIsKilledLeavesNothingBehind() throws Exception {
    Process demo = start("--script", "switchover", "--json");
    Path temporary = directory.resolve("t");
    try (var watched = new Watched(temporary)) {
      watched.await("both daemons run", () -> watched.daemons() >= 2);

      demo.destroyForcibly().waitFor();

      watched.await("no process and no file is left", () -> watched.isEmpty());
    }
  }
}
