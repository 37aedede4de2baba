package understudy.config;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.DatasetConfig.Schedule;
import understudy.config.ResourceConfig.GatedPort;
import understudy.config.ResourceConfig.Health;
import understudy.config.ResourceConfig.Probe;
import understudy.config.ResourceConfig.Protocol;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.failover.OnFailure;

/** What is written reads back the same. */
class ConfigWriterTest {
  private static final FailoverConfig PLAIN =
      new FailoverConfig(
          new ArbiterConfig.Peer(),
          ofMillis(500),
          4,
          ofMillis(500),
          ofSeconds(3),
          ofMillis(1950),
          OnFailure.PROMOTE,
          List.of(),
          Optional.empty(),
          ofSeconds(60),
          ofSeconds(30),
          ofMinutes(5),
          Optional.empty(),
          Optional.empty());

  @TempDir Path directory;

  @Test
  void nodeSettingsReadBackTheSame() throws IOException {
    NodeConfig config =
        new NodeConfig(
            new NodeName("alpha-1"),
            Designation.DR,
            new Endpoint("::", 7443),
            Optional.of(new Endpoint("127.0.0.1", 7480)),
            List.of("10.0.0.11", "fd00::11"),
            Path.of("/srv/with space/\"quoted\"\\ü"),
            Path.of("/run/understudy.sock"));
    Path file = directory.resolve("etc/node.yaml");
    ConfigWriter.writeNode(file, config);
    assertThat(ConfigReader.readNode(file)).isEqualTo(new Read.Valid<>(config, List.of()));
  }

  @Test
  void aClusterDocumentReadsBackTheSame() throws IOException {
    FailoverConfig failover =
        new FailoverConfig(
            new ArbiterConfig.Peer(),
            ofMillis(100),
            5,
            ofSeconds(2),
            ofMillis(1500),
            ofMillis(1100),
            OnFailure.KEEP_STANDBY,
            List.of("10.0.0.1", "10.0.0.2:53"),
            Optional.of(ofMinutes(2)),
            ofSeconds(61),
            ofSeconds(31),
            ofMinutes(7),
            Optional.of(ofMinutes(10)),
            Optional.of(new FailoverConfig.Fence(List.of("/bin/off", "a b"), ofSeconds(20))));
    List<DatasetConfig> datasets =
        List.of(
            new DatasetConfig(
                "files",
                Path.of("/srv/a b"),
                new Schedule.Continuous(ofMillis(400)),
                new DatasetConfig.Selection(
                    List.of("cache/**", "*.tmp", "{a,b}"), List.of("cache/kept/*"))),
            new DatasetConfig(
                "2nd",
                Path.of("/srv/c"),
                new Schedule.Every(ofSeconds(90), LocalTime.MIDNIGHT),
                DatasetConfig.Selection.EVERYTHING),
            new DatasetConfig(
                "null",
                Path.of("/srv/null"),
                new Schedule.Every(ofMinutes(90), LocalTime.of(2, 5)),
                DatasetConfig.Selection.EVERYTHING));
    Health health =
        new Health(
            new Probe.Command(List.of("/bin/ok", "a: b", "")), ofSeconds(9), 2, ofSeconds(1));
    List<ResourceConfig> resources =
        List.of(
            new ResourceConfig.SharedIp("ip", InetAddress.ofLiteral("fd00::50"), 64, "eth0.12"),
            new ResourceConfig.Gate(
                "gate",
                List.of(
                    new GatedPort(Optional.empty(), 8443, Protocol.TCP),
                    new GatedPort(
                        Optional.of(InetAddress.ofLiteral("fd00::50")), 53, Protocol.UDP))),
            new ResourceConfig.Unit("u", "ledger@1.service", Optional.of(health)),
            new ResourceConfig.Supervised(
                "web",
                List.of("/bin/sh", "-c", "echo \"$HOME\"\n\t# done"),
                Optional.of("www-data"),
                Optional.of(Path.of("/srv")),
                Map.of("A", "yes", "B", "", "C", "1"),
                ofMillis(1500),
                Optional.of(
                    new Health(
                        new Probe.Http("http://[::1]:80/?a=b#c"), ofSeconds(2), 3, ofSeconds(2)))),
            new ResourceConfig.Script(
                "jobs",
                List.of("/bin/a", "--on"),
                List.of("/bin/b"),
                List.of("/bin/c"),
                Optional.of(Path.of("/srv")),
                Map.of("X", "'"),
                ofSeconds(5)));
    ClusterConfig config = new ClusterConfig("ledger", failover, datasets, resources);
    Path file = directory.resolve("cluster.yaml");
    ConfigWriter.writeCluster(file, config);
    assertThat(read(file).config()).isEqualTo(config);
  }

  @Test
  void aFreshClusterDocumentIsReadableAndShowsWhatToAdd() throws IOException {
    ClusterConfig config = new ClusterConfig("ledger", PLAIN, List.of(), List.of());
    Path file = directory.resolve("cluster.yaml");
    ConfigWriter.writeCluster(file, config);
    assertThat(read(file).config()).isEqualTo(config);
    assertThat(file)
        .hasContent(
            """
            # Understudy: the cluster document, the same on every node.
            # Check after editing: understudy config validate
            cluster:
              name: ledger

            failover:
              arbiter: peer
              heartbeat: { interval: 500ms, failures: 4, recheck: 500ms }
              primary-timeout: 3s        # silence after which the standby may take over
              lease: 1950ms              # a cut-off active node has stopped by then
              on-failure: promote        # promote | ask | keep-standby
              connectivity-test: []      # addresses that tell a node whether it is itself cut off
              # max-loss: 2m             # older data stops an automatic takeover
              start-within: 1m
              stop-within: 30s
              sync-within: 5m
              failback: manual           # manual | { after: 10m }

            # What the standby keeps a copy of.
            datasets: []
            #  - { name: files, path: /srv/files, every: continuous, exclude: ["cache/**"] }

            # What only the active node has; started in this order, stopped in reverse.
            resources: []
            #  - { shared-ip: 10.0.0.50/24, interface: eth0 }
            #  - { unit: ledger.service, health: { http: "http://127.0.0.1:8080/health" } }
            """);
  }

  @Test
  void aDocumentIsWrittenByteForByteAndItsHashFollowsItsText() throws IOException {
    String text = "# ours\ncluster: { name: ledger }   # name\n";
    ClusterDocument document = document(text);
    Path file = directory.resolve("cluster.yaml");
    ConfigWriter.writeCluster(file, document);
    assertThat(file).hasContent(text);
    assertThat(read(file).hash())
        .isEqualTo(document.hash())
        .isEqualTo("5cb866c0e273882903a24e5060aee2dc7dec91ab98fe5c113edfd641523d76bd")
        .isNotEqualTo(document(text + "\n").hash());
  }

  @Test
  void onlyOwnerAndGroupReadAndNothingElseIsLeftBehind() throws IOException {
    Path file = directory.resolve("cluster.yaml");
    ConfigWriter.writeCluster(file, document("cluster: { name: first }\n"));
    ConfigWriter.writeCluster(file, document("cluster: { name: second }\n"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-----");
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  private static ClusterDocument read(Path file) {
    return valid(ConfigReader.readCluster(file, Map.of()));
  }

  private static ClusterDocument document(String text) {
    return valid(ConfigReader.readCluster(text, "cluster.yaml", Map.of()));
  }

  private static ClusterDocument valid(Read<ClusterDocument> read) {
    return switch (read) {
      case Read.Valid<ClusterDocument>(ClusterDocument document, List<Problem> warnings) ->
          document;
      case Read.Invalid<ClusterDocument>(List<Problem> problems) ->
          throw new AssertionError(problems.toString());
    };
  }
}
