package understudy.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.StoreConfig;
import understudy.failover.Register;

/** Against Debian's etcd. */
final class EtcdStoreTest extends StoreContract {
  private static final URI NOWHERE = URI.create("http://127.0.0.1:1");

  @TempDir private Path directory;
  private Etcd etcd;

  @BeforeEach
  void begin() throws Exception {
    etcd = Etcd.start(directory, "http");
  }

  @AfterEach
  void end() {
    etcd.close();
  }

  @Override
  Store open(String key, Duration limit) {
    return new EtcdStore(
        List.of(NOWHERE, etcd.endpoint()), key, Optional.empty(), Optional.empty(), limit);
  }

  @Override
  void stop() {
    etcd.close();
  }

  @Test
  void aServerThatHangsIsGivenUp() throws Exception {
    try (Store store = open("/us-test/hangs", Duration.ofSeconds(5))) {
      assertThat(store.read()).isEqualTo(Register.ABSENT);
      etcd.signal("STOP");

      assertThatThrownBy(store::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("does not answer");
    } finally {
      etcd.signal("CONT");
    }
  }

  @Test
  void aKeyThatSomebodyElseWroteIsNotUnderstood() throws Exception {
    String body = "{\"key\":\"L3VzLXRlc3QvdGhlaXJz\",\"value\":\"eA==\"}";
    run("curl -sf " + etcd.endpoint() + "/v3/kv/put -d " + body);

    try (Store store = open("/us-test/theirs")) {
      assertThatThrownBy(store::read)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Understudy did not write");
    }
  }

  @Test
  void certificatesOfBothSidesAndAPasswordFromAFile() throws Exception {
    etcd.close();
    run(
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2"
            + " -keyout ca.key -out ca.pem -subj /CN=ca");
    certificate("server");
    certificate("client");
    String at = directory.toString();
    try (Etcd secured =
        Etcd.start(
            Files.createDirectory(directory.resolve("tls")),
            "https",
            "--cert-file=" + at + "/server.pem",
            "--key-file=" + at + "/server.key",
            "--trusted-ca-file=" + at + "/ca.pem",
            "--client-cert-auth")) {
      var config =
          new StoreConfig.Etcd(
              List.of(secured.endpoint()),
              Optional.of("/us-test/tls"),
              Optional.of(directory.resolve("ca.pem")),
              Optional.of(directory.resolve("client.pem")),
              Optional.of(directory.resolve("client.key")),
              Optional.empty());
      try (Store store = Stores.open(config, "ledger", PATIENCE)) {
        assertThat(store.read()).isEqualTo(Register.ABSENT);
      }
      var stranger =
          new StoreConfig.Etcd(
              List.of(secured.endpoint()),
              Optional.empty(),
              Optional.of(directory.resolve("ca.pem")),
              Optional.empty(),
              Optional.empty(),
              Optional.empty());
      try (Store store = Stores.open(stranger, "ledger", PATIENCE)) {
        assertThatThrownBy(store::read).isInstanceOf(IOException.class);
      }
    }
  }

  private void certificate(String name) throws Exception {
    run(
        "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "
            + name
            + ".key -out "
            + name
            + ".csr -subj /CN="
            + name);
    Files.writeString(
        directory.resolve(name + ".ext"),
        "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n");
    run(
        "openssl x509 -req -in "
            + name
            + ".csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2"
            + " -extfile "
            + name
            + ".ext -out "
            + name
            + ".pem");
  }

  private void run(String command) throws Exception {
    Process process =
        new ProcessBuilder(command.split(" "))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("openssl.log").toFile())
            .start();
    assertThat(process.waitFor()).as(command).isZero();
  }
}
