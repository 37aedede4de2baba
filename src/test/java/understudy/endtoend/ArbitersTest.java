package understudy.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.demo.lab.ProcessSignal;
import understudy.lease.Etcd;
import understudy.lease.ZooKeeperServer;

/** The arbiters majority and lease between real daemons, with real stores. */
class ArbitersTest {
  private static final String SERVICE =
      "resources:\n  - command: { name: server, run: [sh, -c, \"sleep 1000; : ${home}/\"] }\n";

  @TempDir Path directory;

  private Machine machine(String name, String designation) throws Exception {
    return new Machine(directory, name, designation);
  }

  private static void awaitSeated(Machine machine, String voters) throws Exception {
    machine.await(
        voters + " are counted",
        () -> {
          try {
            return machine.run("", "ready").out().contains(voters);
          } catch (Exception failed) {
            throw new AssertionError(failed);
          }
        });
  }

  @Test
  void aPairAndAWitnessSurviveOneLossAndNeverServeAfterTwo() throws Exception {
    try (Machine alpha =
            machine("alpha", "primary")
                .asFirst("failover: { arbiter: majority, primary-timeout: 6s }\n" + SERVICE);
        Machine beta = machine("beta", "secondary");
        Machine witness = machine("witness", "witness")) {
      alpha.startDaemon();
      alpha.awaitRole("active");
      beta.joining(alpha).startDaemon();
      awaitSeated(alpha, "2 of 2 voters are heard");
      witness.joining(alpha).startWitness();
      awaitSeated(alpha, "3 of 3 voters are heard");
      awaitSeated(beta, "3 of 3 voters are heard");
      assertThat(alpha.log()).as("joining interrupts nothing").doesNotContain("MANDATE_LOST");
      assertThat(Files.exists(witness.home().resolve("state/users.json")))
          .as("a witness knows no users")
          .isFalse();

      alpha.die();
      beta.awaitRole("active");
      assertThat(alpha.processes()).isEmpty();

      witness.die();
      beta.awaitRole("frozen");
      assertThat(beta.run("", "promote", "--force", "--yes", "--wait=10s").code()).isNotZero();
      assertThat(beta.says("is", "active")).as("a minority never serves").isFalse();

      Machine.Ended lonely = beta.run("", "node", "remove", "alpha");
      assertThat(lonely.code()).as("a minority retires nobody").isEqualTo(3);
      assertThat(lonely.err()).contains("only [beta] of them in touch: a majority of 2 must be");

      witness.startWitness();
      beta.awaitRole("active");
      beta.demand("", "node", "remove", "alpha");
      beta.await("two voters are left", () -> said(beta).contains("2 of 2 voters are heard"));
      assertThat(said(witness)).as("it was told").contains("2 of 2 voters are heard");

      witness.die();
      beta.awaitRole("frozen");
      beta.run("", "node", "remove", "witness");
      beta.awaitRole("active");
      assertThat(said(beta)).contains("1 of 1 voters are heard");
    }
  }

  private static String said(Machine machine) {
    try {
      return machine.run("", "ready").out();
    } catch (Exception failed) {
      throw new AssertionError(failed);
    }
  }

  @Test
  void aVoterWithAForeignCertificateIsNotHeard() throws Exception {
    try (Machine alpha =
            machine("alpha", "primary")
                .asFirst("failover: { arbiter: majority, primary-timeout: 6s }\n" + SERVICE);
        Machine witness = machine("witness", "witness");
        Machine mallory = machine("mallory", "primary").asFirst(SERVICE)) {
      alpha.startDaemon();
      alpha.awaitRole("active");
      witness.joining(alpha);
      try (Stream<Path> files = Files.list(mallory.home().resolve("state"))) {
        for (Path file :
            files.filter(f -> f.getFileName().toString().startsWith("identity")).toList()) {
          Files.copy(
              file,
              witness.home().resolve("state").resolve(file.getFileName()),
              StandardCopyOption.REPLACE_EXISTING);
        }
      }

      witness.startWitness();
      witness.await(
          "the impostor runs",
          () -> witness.statusOrNothing().contains("\"designation\":\"witness\""));

      assertThat(alpha.run("", "pair", "test").code()).as("not reached").isEqualTo(6);
      assertThat(alpha.run("", "ready").out()).contains("1 of 1 voters are heard");
      assertThat(alpha.says("is", "active")).as("it never counted").isTrue();
    }
  }

  @Test
  void aPairWithAKeyInEtcdMovesAndFreezesWhileTheStoreHangs() throws Exception {
    try (Etcd etcd = Etcd.start(directory, "http");
        Machine alpha =
            machine("alpha", "primary")
                .asFirst(
                    "failover: { arbiter: lease, primary-timeout: 6s, etcd: { endpoints: [\""
                        + etcd.endpoint()
                        + "\"] } }\n"
                        + SERVICE);
        Machine beta = machine("beta", "secondary")) {
      alpha.startDaemon();
      alpha.awaitRole("active");
      beta.joining(alpha).startDaemon();
      beta.awaitRole("alpha", "active");

      alpha.die();
      beta.awaitRole("active");

      etcd.signal("STOP");
      beta.awaitRole("frozen");
      assertThat(beta.says("is", "active")).isFalse();
      assertThat(beta.run("", "ready").out()).contains("does not answer");

      etcd.signal("CONT");
      beta.awaitRole("active");
    }
  }

  @Test
  void aPairWithAKeyInZooKeeperMovesWhenTheDaemonHangs() throws Exception {
    try (var zookeeper = new ZooKeeperServer();
        Machine alpha =
            machine("alpha", "primary")
                .asFirst(
                    "failover: { arbiter: lease, primary-timeout: 6s, zookeeper: { servers: [\""
                        + zookeeper.address()
                        + "\"] } }\n"
                        + SERVICE);
        Machine beta = machine("beta", "secondary")) {
      Process hung = alpha.startDaemon();
      alpha.awaitRole("active");
      beta.joining(alpha).startDaemon();
      beta.awaitRole("alpha", "active");

      ProcessSignal.STOP.send(List.of(hung.pid()));
      beta.awaitRole("active");
      ProcessSignal.CONT.send(List.of(hung.pid()));
      alpha.awaitRole("standby");
      assertThat(beta.says("is", "active")).isTrue();

      zookeeper.stop();
      beta.awaitRole("frozen");
    }
  }
}
