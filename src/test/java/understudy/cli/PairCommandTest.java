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
import understudy.FreePort;
import understudy.config.ConfigReader;
import understudy.config.NodeConfig;
import understudy.config.Read;
import understudy.pairing.TestNode;

/** Two machines set up as a person does it, from the command line. */
class PairCommandTest {
  @TempDir Path alphaHome;
  @TempDir Path betaHome;
  @TempDir Path shared;
  private Path data;
  private int alphaPort;

  @BeforeEach
  void makeData() throws Exception {
    data = Files.createDirectory(shared.resolve("My Ledger"));
    alphaPort = FreePort.next();
  }

  /** What a command said. */
  private record Said(int code, String out, String err) {}

  @Test
  void twoMachinesArePairedTestedAndParted() throws Exception {
    Said initialised = init("correct horse\n");
    assertThat(initialised.err()).isEmpty();
    assertThat(initialised.code()).isZero();
    assertThat(initialised.out()).contains("understudy pair invite --config " + alphaHome);
    int betaPort = FreePort.next();
    try (TestNode alpha = TestNode.started(alphaHome, settings(alphaHome))) {
      String invite = run("", alphaHome, "pair", "invite").out();
      Said joined = join(invite, betaPort);
      assertThat(joined.err()).isEmpty();
      assertThat(joined.out())
          .containsPattern("clocks +beta +pass")
          .containsPattern("reach beta +alpha +pass")
          .contains("alpha → beta: beta's " + data + " is empty and becomes a copy of alpha's")
          .contains("Joined ledger, beside alpha.");
      try (TestNode beta = TestNode.started(betaHome, settings(betaHome))) {
        assertThat(run("", betaHome, "pair", "test").out())
            .containsPattern("beta +alpha +127.0.0.1:" + alphaPort + " +reached")
            .containsPattern("alpha +beta +127.0.0.1:" + betaPort + " +reached");
        assertThat(run("", betaHome, "pair", "leave").code()).isEqualTo(2);
        Said left = run("", betaHome, "pair", "leave", "--yes");
        assertThat(left.code()).isZero();
        assertThat(left.err()).contains("beta becomes standalone");
        assertThat(left.out()).contains("alpha knows that beta left");
        assertThat(beta.peers()).isEmpty();
        assertThat(alpha.peers()).isEmpty();
      }
    }
  }

  @Test
  void initMakesAConfigurationThatHolds() throws Exception {
    init("correct horse\n");

    assertThat(ConfigReader.read(alphaHome)).isInstanceOf(Read.Valid.class);
    assertThat(Files.readString(alphaHome.resolve("cluster.yaml")))
        .contains("name: my-ledger")
        .contains(data.toString());
    assertThat(run("", alphaHome, "config", "validate").code()).isZero();
  }

  @Test
  void initNeverOverwritesAnIdentity() throws Exception {
    init("correct horse\n");
    byte[] identity = Files.readAllBytes(alphaHome.resolve("state/identity.pem"));
    byte[] users = Files.readAllBytes(alphaHome.resolve("state/users.json"));

    Said again = init("another password\n");

    assertThat(again.code()).isEqualTo(3);
    assertThat(again.err()).contains("initialised already");
    assertThat(alphaHome.resolve("state/identity.pem")).hasBinaryContent(identity);
    assertThat(alphaHome.resolve("state/users.json")).hasBinaryContent(users);
  }

  @Test
  void initWithoutAGoodPasswordChangesNothing() throws Exception {
    assertThat(init("").err()).contains("--admin-password-file");
    assertThat(init("short\n").err()).contains("at least 8 characters");
    assertThat(alphaHome).isEmptyDirectory();
  }

  @Test
  void joinSaysWhatIsWrongAndChangesNothing() throws Exception {
    Files.writeString(data.resolve("invoice-1"), "precious");
    init("correct horse\n");
    try (TestNode alpha = TestNode.started(alphaHome, settings(alphaHome))) {
      String invite = run("", alphaHome, "pair", "invite").out();

      Said garbled = join(invite.substring(0, 30), FreePort.next());
      assertThat(garbled.code()).isEqualTo(2);
      assertThat(garbled.err()).contains("garbled").contains("pair invite");

      Said refused = join(invite, FreePort.next());
      assertThat(refused.code()).isEqualTo(3);
      assertThat(refused.out()).contains("will be replaced by alpha's");
      assertThat(refused.err())
          .contains("refused by the check of data my-ledger; nothing was changed on either side")
          .contains("--replace-data");
      assertThat(betaHome).isEmptyDirectory();
      assertThat(alpha.peers()).isEmpty();
    }
    assertThat(join("understudy:" + "A".repeat(300), FreePort.next()).code()).isEqualTo(2);
  }

  @Test
  void joinSaysThatNobodyAnswersThere() throws Exception {
    init("correct horse\n");
    String invite;
    try (TestNode alpha = TestNode.started(alphaHome, settings(alphaHome))) {
      invite = run("", alphaHome, "pair", "invite").out();
      assertThat(alpha.peers()).isEmpty();
    }

    Said missed = join(invite, FreePort.next());

    assertThat(missed.code()).isEqualTo(6);
    assertThat(missed.err()).contains("refused the connection").contains("nothing was changed");
  }

  private Said init(String stdin) {
    return run(
        stdin,
        alphaHome,
        "init",
        "--cluster",
        "ledger",
        "--node",
        "alpha",
        "--address",
        "127.0.0.1:" + alphaPort,
        "--state",
        alphaHome.resolve("state").toString(),
        "--data",
        data.toString());
  }

  private Said join(String invite, int port) {
    return run(
        "",
        betaHome,
        "pair",
        "join",
        invite.strip(),
        "--node",
        "beta",
        "--address",
        "127.0.0.1:" + port,
        "--state",
        betaHome.resolve("state").toString());
  }

  private static Said run(String stdin, Path home, String... words) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            new BufferedReader(new StringReader(stdin)),
            () -> false,
            Map.of("UNDERSTUDY_CONFIG", home.toString()));
    int code = new Commands(terminal, "0.1.0", List.of()).run(words);
    return new Said(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private static NodeConfig settings(Path home) {
    return ((Read.Valid<NodeConfig>) ConfigReader.readNode(home.resolve("node.yaml"))).config();
  }
}
