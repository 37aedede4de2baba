package understudy.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import understudy.ChildJava;
import understudy.resource.Privileges;

/** In a process of its own: what a process has locked stays so until its end. */
class LockedMemoryTest {
  private static final Path STATUS = Path.of("/proc/self/status");

  /** Says how much memory is locked before and after, and why not. */
  static final class Locking {
    private Locking() {}

    public static void main(String[] arguments) throws IOException {
      long before = lockedKibibytes();
      Optional<String> refused = RealTime.lockMemory();
      System.out.println(before + " " + (lockedKibibytes() > 1_024) + " " + refused.orElse("-"));
    }

    private static long lockedKibibytes() throws IOException {
      String line =
          Files.readAllLines(STATUS).stream()
              .filter(it -> it.startsWith("VmLck:"))
              .findFirst()
              .get();
      return Long.parseLong(line.replaceAll("\\D", ""));
    }
  }

  @Test
  void whatAProcessUsesIsNotSwappedOutOnceLocked() throws Exception {
    Privileges.requireRoot();
    Process process =
        new ProcessBuilder(ChildJava.command(Locking.class, "-Xmx16m"))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(said.strip()).isEqualTo("0 true -");
    assertThat(process.waitFor()).isZero();
  }
}
