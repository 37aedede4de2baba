package understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import understudy.time.SystemClock;

/** Every write of the bench is found on the standby, in new files and in files that were there. */
class ContinuousBenchTest {
  private static final int PER_SECOND = 100;
  private static final int SECONDS = 2;

  @ParameterizedTest
  @ValueSource(ints = {0, 20})
  void everyWriteIsFoundAndTheFiguresAreOrdered(int files, @TempDir Path temporary)
      throws Exception {
    Map<String, Object> line =
        new ContinuousBench(PER_SECOND, SECONDS, files, new SystemClock())
            .run(temporary.toRealPath(), false);

    assertThat(line).containsEntry("writes", PER_SECOND * SECONDS);
    assertThat(line).containsEntry("files", files == 0 ? "new" : files);
    assertThat((Long) line.get("visible_ms_median"))
        .isBetween(1L, (Long) line.get("visible_ms_p99"));
    assertThat(temporary).as("nothing is left").isEmptyDirectory();
  }
}
