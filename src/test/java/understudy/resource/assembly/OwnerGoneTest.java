package understudy.resource.assembly;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import understudy.resource.Eventually;
import understudy.resource.Link;

/** The daemon is killed or stopped without warning; nobody is left to clean up. */
class OwnerGoneTest {
  private static final Duration LEASE = Duration.ofSeconds(1);

  /** What a busy machine may take longer; without a lapse both would stay for ever. */
  private static final Duration FORGIVEN = Duration.ofSeconds(5);

  private Link link;

  @TempDir private Path state;

  @BeforeEach
  void plugIn() throws Exception {
    link = new Link();
  }

  @AfterEach
  void unplug() throws Exception {
    link.close();
  }

  private static List<String> java(String classPath, Class<?> program, String... arguments) {
    List<String> line =
        new ArrayList<>(
            List.of(
                ProcessHandle.current().info().command().orElseThrow(),
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                classPath,
                program.getName()));
    line.addAll(List.of(arguments));
    return line;
  }

  @ParameterizedTest
  @ValueSource(strings = {"KILL", "STOP"})
  void addressServiceAndTrafficEndWithTheMandate(String signal) throws Exception {
    List<String> line = new ArrayList<>(link.alpha.prefix());
    line.addAll(
        java(
            System.getProperty("java.class.path"),
            OwnerProgram.class,
            state.toString(),
            "" + LEASE.toMillis()));
    Process owner = new ProcessBuilder(line).redirectErrorStream(true).start();
    try {
      awaitHolding(owner);
      long service = Long.parseLong(Files.readString(state.resolve("pid")).strip());
      assertThat(link.client.command("ping -n -c 1 -W 1 10.77.0.50")).contains("1 received");

      long begun = System.nanoTime();
      assertThat(new ProcessBuilder("kill", "-" + signal, "" + owner.pid()).start().waitFor())
          .isZero();
      Eventually.await(
          "the service ends",
          LEASE.plus(FORGIVEN),
          () -> !Files.exists(Path.of("/proc/" + service + "/exe")));
      long serviceMillis = (System.nanoTime() - begun) / 1_000_000;
      Eventually.await(
          "the address goes",
          LEASE.plus(FORGIVEN),
          () -> !link.alpha.ip("-o address show").contains("10.77.0.50"));
      long addressMillis = (System.nanoTime() - begun) / 1_000_000;
      System.out.println(
          "owner gets "
              + signal
              + ": service ends after "
              + serviceMillis
              + " ms, address after "
              + addressMillis
              + " ms");
      assertThat(link.alpha.command("nft list set inet understudy_test_alpha open"))
          .doesNotContain("expires");
    } finally {
      owner.destroyForcibly();
      owner.waitFor();
    }
  }

  private static void awaitHolding(Process owner) throws Exception {
    BufferedReader output =
        new BufferedReader(new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8));
    List<String> lines = new ArrayList<>();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      lines.add(line);
      if (line.equals("holding")) {
        lines.forEach(System.out::println);
        return;
      }
    }
    throw new AssertionError("the owner ended: " + String.join("\n", lines));
  }

  @Test
  void withoutRightsItSaysSoAndDoesNotThrow() throws Exception {
    Path readable =
        Files.createDirectory(Path.of("/var/tmp/ustest" + ProcessHandle.current().pid()));
    try {
      List<String> line = new ArrayList<>(link.alpha.prefix());
      line.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
      line.addAll(java(classPathIn(readable), OwnerProgram.class, readable.toString(), "1000"));
      Process owner = new ProcessBuilder(line).redirectErrorStream(true).start();
      String output = new String(owner.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      owner.waitFor();
      assertThat(output)
          .contains("traffic gate")
          .contains("not available")
          .contains("Operation not permitted")
          .contains("run the daemon as root")
          .contains("answered ping")
          .contains("failed")
          .doesNotContain("Exception");
    } finally {
      assertThat(new ProcessBuilder("rm", "-r", readable.toString()).start().waitFor()).isZero();
    }
  }

  /** A copy of what the program needs, where a user without rights may read it. */
  private static String classPathIn(Path directory) throws Exception {
    List<String> copies = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (entry.endsWith("classes") || entry.contains("slf4j") || entry.contains("logback")) {
        String copy =
            directory.resolve("" + copies.size()) + (entry.endsWith(".jar") ? ".jar" : "");
        assertThat(new ProcessBuilder("cp", "-r", entry, copy).start().waitFor()).isZero();
        copies.add(copy);
      }
    }
    return String.join(File.pathSeparator, copies);
  }
}
