package understudy.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short form of {@code bench/faults}: one fault of each kind that the demo does not have. How
 * long an outage lasts is not judged here, where other work runs beside.
 */
class FaultsTest {
  private static final int MINUTES = 5;
  private static final String PLAYED =
      "daemon-hangs,daemon-restarted,one-way-to-standby,clocks-moved,active-disk-full";
  private static final JsonType<Map<String, Object>> LINE =
      Jsonb.builder().build().type(Object.class).map();

  @TempDir Path directory;

  /** Needs root, iproute2 and nftables; libfaketime for the clocks. */
  @Test
  @Tag("root")
  void faultsOfARealPairEndAsTheyMust() throws Exception {
    assertAllAsTheyMust(played(PLAYED), 5);
  }

  /** Needs root, iproute2 and nftables. */
  @Test
  @Tag("root")
  void twoThatAWitnessSeesNeverServeBothWhenTheyAreParted() throws Exception {
    List<Map<String, Object>> lines = played("nodes-parted", "--arbiter", "majority");

    assertAllAsTheyMust(lines, 1);
    assertThat(lines.getFirst()).containsEntry("dual_ms", 0L);
  }

  private List<Map<String, Object>> played(String faults, String... more) throws Exception {
    List<String> words = new ArrayList<>(List.of("bench", "faults", "--only", faults));
    words.addAll(List.of(more));
    List<String> command = new ArrayList<>(Machine.command(words));
    command.add(1, "-Djava.io.tmpdir=" + directory);
    File out = directory.resolve("out").toFile();
    File err = directory.resolve("err").toFile();
    Process bench = new ProcessBuilder(command).redirectOutput(out).redirectError(err).start();
    assertThat(bench.waitFor(MINUTES, TimeUnit.MINUTES)).isTrue();
    List<Map<String, Object>> lines = new ArrayList<>();
    for (String line : Files.readAllLines(out.toPath())) {
      lines.add(LINE.fromJson(line));
    }
    assertThat(lines).as(Files.readString(err.toPath())).isNotEmpty();
    return lines;
  }

  private static void assertAllAsTheyMust(List<Map<String, Object>> lines, int faults) {
    assertThat(lines).hasSize(faults + 1);
    assertThat(lines.getLast()).containsEntry("dual_ms", 0L).containsEntry("lost_beyond_lag", 0L);
    assertThat(lines.subList(0, faults))
        .allSatisfy(
            line ->
                assertThat((List<?>) line.getOrDefault("failed", List.of()))
                    .as("%s", line)
                    .allMatch(reason -> String.valueOf(reason).startsWith("outage of")));
  }
}
