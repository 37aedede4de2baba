package understudy.demo.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PauseTest {
  private static final Duration SHORT = Duration.ofMillis(300);

  /** Twice for each core: a pause made by an ordinary process would last much longer at times. */
  @Test
  void aPauseIsAsLongAsAskedForAlsoWhereNoCoreIsFree() throws Exception {
    Process sleeper = new ProcessBuilder("sleep", "600").start();
    Process ended = new ProcessBuilder("true").start();
    ended.waitFor();
    try (CpuLoad _ = CpuLoad.start()) {
      Duration paused = Pause.of(List.of(ended.pid(), sleeper.pid()), SHORT);

      assertThat(paused).isBetween(SHORT, Duration.ofSeconds(1));
      assertThat(state(sleeper)).as("it goes on").isNotEqualTo("T");
    } finally {
      sleeper.destroyForcibly();
    }
  }

  @Test
  void whatCannotBeStoppedIsNamed() {
    assertThatThrownBy(() -> Pause.of(List.of(), SHORT))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("could not pause");
  }

  private static String state(Process process) throws Exception {
    return Tool.demand(
        Duration.ofSeconds(5), "", List.of("ps", "-o", "s=", "-p", Long.toString(process.pid())));
  }
}
