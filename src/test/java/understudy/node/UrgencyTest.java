package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import understudy.ChildJava;
import understudy.resource.Privileges;

/** In a process of its own: what is urgent stays so until its end. */
class UrgencyTest {

  /** Prints how the kernel schedules the collector before and after: policy 1 is real-time. */
  static final class Hurrying {
    private Hurrying() {}

    public static void main(String[] arguments) throws IOException {
      String before = collector();
      Urgency.ofThisProcess();
      System.out.println(before + " " + collector());
    }

    private static String collector() throws IOException {
      try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
        for (Path thread : threads) {
          String stat = Files.readString(thread.resolve("stat"));
          if (stat.contains("(VM Thread)")) {
            String[] words = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return "policy " + words[38] + " priority " + words[37];
          }
        }
      }
      return "none";
    }
  }

  @Test
  void theCollectorThatAllThreadsWaitForComesBeforeOtherWork() throws Exception {
    Privileges.requireRoot();
    Process process =
        new ProcessBuilder(ChildJava.command(Hurrying.class, "-Xmx32m"))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said.strip()).endsWith("policy 0 priority 0 policy 1 priority 5");
    assertThat(process.waitFor()).isZero();
  }
}
