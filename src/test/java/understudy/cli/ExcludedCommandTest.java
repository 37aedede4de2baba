package understudy.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is excluded is backed up and restored by hand, with the commands of the manual. */
class ExcludedCommandTest {
  @TempDir Path directory;
  private Path data;
  private Path settings;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Ran(int code, byte[] out, String err) {
    String text() {
      return new String(out, StandardCharsets.UTF_8);
    }
  }

  @BeforeEach
  void write() throws Exception {
    data = Files.createDirectory(directory.resolve("data"));
    settings = Files.createDirectory(directory.resolve("settings"));
    Files.writeString(
        settings.resolve("node.yaml"),
        "node: { name: alpha, designation: primary }\nlisten: 127.0.0.1:7443\n");
    Files.writeString(
        settings.resolve("cluster.yaml"),
        """
        cluster: { name: ledger }
        datasets:
          - { name: files, path: %s, exclude: ["captures/**", "*.log"], include: ["captures/index"] }
        """
            .formatted(data));
    shell(
        """
        mkdir -p captures/2026 kept; cd captures
        echo 1 >'2026/a capture'; echo 2 >"2026/$(printf 'odd\\nname')"; echo index >index
        ln -s 2026/a link; chmod 0640 2026/*; touch -d 2020-02-03 2026/*
        cd ..; echo log >service.log; echo kept >kept/file
        """);
  }

  private byte[] shell(String script) throws Exception {
    Process process =
        new ProcessBuilder("bash", "-ec", script)
            .directory(data.toFile())
            .redirectErrorStream(true)
            .start();
    byte[] said = process.getInputStream().readAllBytes();
    assertThat(process.waitFor()).as(new String(said, StandardCharsets.UTF_8)).isZero();
    return said;
  }

  private Ran run(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new BufferedReader(new StringReader("")),
            () -> false,
            Map.of("UNDERSTUDY_CONFIG", settings.toString()));
    int code = new Commands(terminal, "1.2.3", List.of()).run(args);
    return new Ran(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void namesWhatIsNeitherCopiedNorDeletedAndNothingElse() {
    Ran ran = run("excluded", "files");
    assertThat(ran.err()).isEmpty();
    assertThat(ran.text().lines())
        .hasSize(5)
        .contains("captures/2026", "captures/2026/a capture", "captures/link", "service.log");
    assertThat(run("excluded", "files", "-o", "json").text()).contains("\"service.log\"");
  }

  @Test
  void aBackupByTarBringsItAllBackAfterItWasLost() throws Exception {
    Path list = directory.resolve("list");
    Files.write(list, run("excluded", "files", "--null").out());
    String look = "find . -printf '%p %y %m %T@ %l\\0'; find . -type f -exec cat {} +";
    byte[] before = shell(look + " | sort -z");
    shell("tar --create --gzip --null --no-recursion -T ../list --file ../excluded.tgz");
    shell("touch -r captures ../stamp; rm -r captures/2026 captures/link service.log");
    assertThat(shell(look + " | sort -z")).isNotEqualTo(before);
    shell("tar --extract --gzip --preserve-permissions --file ../excluded.tgz");
    shell("touch -r ../stamp captures");
    assertThat(run("excluded", "files", "--null").out()).isEqualTo(Files.readAllBytes(list));
    shell("test \"$(cat 'captures/2026/a capture')\" = 1; test \"$(cat service.log)\" = log");
    shell(
        "test \"$(stat -c %a captures/2026/a*)\" = 640; test \"$(readlink captures/link)\" = 2026/a");
  }

  @Test
  void anotherNameIsRefusedWithTheNamesThereAre() {
    Ran ran = run("excluded", "flies");
    assertThat(ran.code()).isEqualTo(ExitCode.USAGE.number());
    assertThat(ran.err()).contains("no dataset is called 'flies'", "[files]");
  }
}
