package understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import understudy.ChildJava;

class SmallDataTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  /** A process that writes the data and then waits for its end. */
  public static void main(String[] arguments) throws Exception {
    System.out.println(SmallData.write().directory());
    Thread.currentThread().join();
  }

  @Test
  void theDataIsGoneOnceClosed() throws Exception {
    Path directory;
    try (SmallData data = SmallData.write()) {
      directory = data.directory();
      assertThat(directory).isNotEmptyDirectory();
    }
    assertThat(directory).doesNotExist();
  }

  @Test
  void theDataIsGoneWhenTheProcessIsToldToEnd() throws Exception {
    Process holder =
        new ProcessBuilder(ChildJava.command(SmallDataTest.class))
            .redirectErrorStream(true)
            .start();
    Path directory = Path.of(holder.inputReader(StandardCharsets.UTF_8).readLine());
    assertThat(directory).isNotEmptyDirectory();

    holder.destroy();

    assertThat(holder.onExit()).succeedsWithin(LIMIT);
    assertThat(directory).doesNotExist();
  }
}
