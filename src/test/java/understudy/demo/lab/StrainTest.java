package understudy.demo.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StrainTest {
  @TempDir Path proc;

  @Test
  void countsWhatTheKernelCounts() throws Exception {
    write("stat", "cpu  1795303 299544 276071 2311814 17784 0 13963 967 0 0\ncpu0 1 2 3\n");
    write("pressure/io", pressure(169_138_002));
    write("pressure/cpu", pressure(3_364_987_827L));
    Strain before = Strain.read(proc);
    write("stat", "cpu  1795303 299544 276071 2311814 17784 0 13963 1000 0 0\ncpu0 1 2 3\n");
    write("pressure/io", pressure(169_338_002));

    assertThat(before.millis())
        .isEqualTo(Map.of("io", 169_138L, "cpu", 3_364_987L, "stolen", 9_670L));
    assertThat(Strain.read(proc).since(before))
        .isEqualTo(Map.of("io", 200L, "cpu", 0L, "stolen", 330L));
  }

  @Test
  void aFileOfAnotherFormIsNamed() throws Exception {
    write("stat", "cpu  a b c d e f g h i j\n");

    assertThatThrownBy(() -> Strain.read(proc))
        .isInstanceOf(LabException.class)
        .hasMessageContaining(proc.toString());
  }

  private void write(String name, String text) throws IOException {
    Path file = proc.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String pressure(long totalMicros) {
    return "some avg10=0.01 avg60=0.04 avg300=0.72 total=%d\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
        .formatted(totalMicros);
  }
}
