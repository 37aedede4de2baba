package understudy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of {@code bench/} are built only when they are run: here they must compile, too. */
class BenchSourcesTest {
  @TempDir Path classes;

  @Test
  void everyProgramOfTheBenchesCompilesWithoutAWarning() throws IOException {
    List<Path> sources;
    try (Stream<Path> files = Files.walk(Path.of("bench"))) {
      sources = files.filter(file -> file.toString().endsWith(".java")).toList();
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    var said = new StringWriter();
    try (var files = compiler.getStandardFileManager(null, null, null)) {
      boolean done =
          compiler
              .getTask(
                  said,
                  files,
                  null,
                  List.of(
                      "-proc:none",
                      "-Xlint:all,-processing,-path,-options",
                      "-Werror",
                      "-cp",
                      System.getProperty("java.class.path"),
                      "-d",
                      classes.toString()),
                  null,
                  files.getJavaFileObjectsFromPaths(sources))
              .call();
      assertThat(said).hasToString("");
      assertThat(done).isTrue();
    }
    assertThat(sources).isNotEmpty();
  }
}
