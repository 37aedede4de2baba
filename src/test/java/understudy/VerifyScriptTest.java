package understudy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real check in a copied tree, with a stand-in for Maven that behaves well or badly. */
class VerifyScriptTest {
  private static final String CLOSING = "[INFO] Tests run: 3, Failures: 0, Errors: 0, Skipped: 0";

  @TempDir Path directory;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void copyTheTree() throws IOException {
    Files.copy(Path.of("verify"), directory.resolve("verify"), StandardCopyOption.COPY_ATTRIBUTES);
    Files.createDirectory(directory.resolve("packaging"));
    for (String file : List.of("find-java.sh", "find-maven.sh")) {
      Files.copy(Path.of("packaging", file), directory.resolve("packaging").resolve(file));
    }
    Files.createDirectory(directory.resolve("bin"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("PATH", directory.resolve("bin") + ":/usr/sbin:/usr/bin:/sbin:/bin");
    // Installing is not the matter here: everything is said to be there.
    program("dpkg-query", "echo -n 'install ok installed'");
  }

  record Ran(int code, String out) {}

  @Test
  void itEndsWithTheClosingLineOfTheTestRunner() throws Exception {
    program("mvn", "echo '" + CLOSING + "'");
    Ran ran = run();
    assertThat(ran.code()).as(ran.out()).isZero();
    assertThat(ran.out())
        .contains("verify: nothing was left behind")
        .endsWith("verify: " + CLOSING + "\nverify: PASSED\n");
  }

  @Test
  void aFailedBuildFails() throws Exception {
    program("mvn", "echo '" + CLOSING + "'; exit 1");
    Ran ran = run();
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).endsWith("verify: FAILED\n");
  }

  @Test
  void aBuildWithoutTestsFails() throws Exception {
    program("mvn", "echo nothing to do");
    Ran ran = run();
    assertThat(ran.code()).isEqualTo(1);
    assertThat(ran.out()).endsWith("verify: no test was run\nverify: FAILED\n");
  }

  @Test
  void aProcessOrFileThatIsLeftBehindFails() throws Exception {
    Path pid = directory.resolve("pid");
    program(
        "mvn",
        """
        echo '%s'
        sleep 600 >/dev/null 2>&1 &
        echo $! >%s
        touch "${MAVEN_OPTS##*=}/forgotten"
        """
            .formatted(CLOSING, pid));
    try {
      Ran ran = run();
      assertThat(ran.code()).isEqualTo(1);
      assertThat(ran.out())
          .contains("verify: FAILED: the tests left something behind:\n")
          .contains("process " + Files.readString(pid).strip() + " sleep 600")
          .containsPattern("file /tmp/understudy-\\w+/t/forgotten\n")
          .endsWith("verify: FAILED\n");
    } finally {
      ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
          .ifPresent(ProcessHandle::destroyForcibly);
    }
  }

  @Test
  void whatCannotRunIsReportedAndFailsInContinuousIntegration() throws Exception {
    program("mvn", "echo '" + CLOSING + "'; env | grep UNDERSTUDY_TESTS_ROOT");
    program("ip", "exit 1");
    program("id", "echo 0");
    Ran here = run();
    assertThat(here.code()).isZero();
    assertThat(here.out())
        .contains("UNDERSTUDY_TESTS_ROOT=false\n")
        .contains(
            "verify: not run: no network namespaces here: tests with shared IPs and the traffic"
                + " gate\n");

    environment.put("CI", "true");
    Ran there = run();
    assertThat(there.code()).isEqualTo(1);
    assertThat(there.out())
        .endsWith(
            "verify: FAILED: with CI=true nothing may be left out, but: no network namespaces here:"
                + " tests with shared IPs and the traffic gate\n");
  }

  private Ran run() throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(directory.resolve("verify").toString()).redirectErrorStream(true);
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    String out = String.join("", process.inputReader().lines().map(line -> line + "\n").toList());
    return new Ran(process.waitFor(), out);
  }

  private void program(String name, String text) throws IOException {
    Path file = directory.resolve("bin").resolve(name);
    Files.writeString(file, "#!/bin/bash\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
