package understudy.config;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import understudy.config.DatasetConfig.Schedule;
import understudy.config.ResourceConfig.GatedPort;
import understudy.config.ResourceConfig.Health;
import understudy.config.ResourceConfig.Probe;
import understudy.config.ResourceConfig.Protocol;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.failover.OnFailure;

class ConfigReaderTest {
  @TempDir Path directory;

  @Test
  void theSmallestNodeFileTakesAllDefaults() {
    assertThat(node("node: { name: alpha, designation: primary }\nlisten: 10.0.0.11:7443\n"))
        .isEqualTo(
            new NodeConfig(
                new NodeName("alpha"),
                Designation.PRIMARY,
                new Endpoint("10.0.0.11", 7443),
                Optional.empty(),
                List.of("10.0.0.11"),
                Path.of("/var/lib/understudy"),
                Path.of("/var/lib/understudy/understudy.sock")));
  }

  @Test
  void everyKeyOfTheNodeFileIsRead() {
    assertThat(
            node(
                """
                node:
                  name: beta
                  designation: secondary
                listen: "[fd00::11]:8443"
                links: [fd00::11, 10.0.1.11]
                health-listen: 127.0.0.1:7480
                state: /srv/state
                socket: /run/understudy/local.sock
                """))
        .isEqualTo(
            new NodeConfig(
                new NodeName("beta"),
                Designation.SECONDARY,
                new Endpoint("fd00::11", 8443),
                Optional.of(new Endpoint("127.0.0.1", 7480)),
                List.of("fd00::11", "10.0.1.11"),
                Path.of("/srv/state"),
                Path.of("/run/understudy/local.sock")));
  }

  static Stream<Arguments> profiles() {
    return Stream.of(
        arguments("{}", timing(500, 4, 500, 3000, 1950)),
        arguments("{ profile: default }", timing(500, 4, 500, 3000, 1950)),
        arguments("{ profile: fast }", timing(100, 4, 100, 1000, 650)),
        arguments("{ profile: patient }", timing(10_000, 6, 10_000, 180_000, 117_000)),
        arguments("{ profile: fast, primary-timeout: 2s }", timing(100, 4, 100, 2000, 1300)),
        arguments(
            "{ profile: fast, heartbeat: { failures: 2, recheck: 1s }, lease: 500ms }",
            timing(100, 2, 1000, 1000, 500)));
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void theProfileGivesTheTimingAndSingleKeysOverrideIt(String section, FailoverConfig expected) {
    assertThat(cluster("cluster: { name: ledger }\nfailover: " + section + "\n").failover())
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"'failsafe: on,', true", "'failsafe: off,', false", "'', false"})
  void failsafeIsReadForTheArbiterLease(String key, boolean expected) {
    String lease = "{ arbiter: lease, %s zookeeper: { servers: [10.0.0.21] } }".formatted(key);
    var store =
        new StoreConfig.ZooKeeper(
            List.of(new Endpoint("10.0.0.21", 2181)), Optional.empty(), Optional.empty());

    assertThat(cluster("cluster: { name: ledger }\nfailover: " + lease + "\n").failover().arbiter())
        .isEqualTo(new ArbiterConfig.Lease(10, ofMillis(100), expected, store));
  }

  @Test
  void everyKeyOfTheClusterDocumentIsRead() {
    ClusterConfig read =
        cluster(
            """
            cluster: { name: ledger }
            failover:
              arbiter: peer
              heartbeat: { interval: 250ms, failures: 3, recheck: 1s }
              primary-timeout: 2s
              on-failure: keep-standby
              connectivity-test: [10.0.0.1, router.example.net, "10.0.0.2:53", "fd00::1"]
              max-loss: 20m
              start-within: 90s
              stop-within: 45s
              sync-within: 1h
              failback: { after: 10m }
              fence: { command: [/usr/sbin/fence, "other node"], within: 20s }
            datasets:
              - { name: files, path: /srv/ledger, every: continuous, exclude: ["cache/**"] }
              - { name: recordings, path: /srv/recordings, mode: mirror, every: 10m }
              - { name: reports, path: /srv/reports, every: { every: 1d, start: "02:30" } }
            resources:
              - { shared-ip: 10.0.0.50/24, interface: eth0 }
              - { gate: ["8443/tcp", "10.0.0.50:53/udp", "[fd00::50]:443/tcp"] }
              - { unit: ledger.service, health: { http: "http://127.0.0.1:8080/health", every: 5s } }
              - command:
                  name: web
                  run: [/usr/bin/web, "--port", "80"]
                  user: www-data
                  directory: /srv/web
                  environment: { MODE: on, EMPTY: "" }
                  stop-after: 3s
                health: { tcp: "127.0.0.1:80", failures: 5, timeout: 1s }
              - command:
                  { name: jobs, start: [/bin/a], stop: [/bin/b], check: [/bin/c], timeout: 5s }
            """);

    FailoverConfig failover =
        new FailoverConfig(
            new ArbiterConfig.Peer(),
            ofMillis(250),
            3,
            ofSeconds(1),
            ofSeconds(2),
            ofMillis(1300),
            OnFailure.KEEP_STANDBY,
            List.of("10.0.0.1", "router.example.net", "10.0.0.2:53", "fd00:0:0:0:0:0:0:1"),
            Optional.of(ofMinutes(20)),
            ofSeconds(90),
            ofSeconds(45),
            Duration.ofHours(1),
            Optional.of(ofMinutes(10)),
            Optional.of(
                new FailoverConfig.Fence(List.of("/usr/sbin/fence", "other node"), ofSeconds(20))));
    List<DatasetConfig> datasets =
        List.of(
            new DatasetConfig(
                "files",
                Path.of("/srv/ledger"),
                new Schedule.Continuous(ofMillis(400)),
                new DatasetConfig.Selection(List.of("cache/**"), List.of())),
            new DatasetConfig(
                "recordings",
                Path.of("/srv/recordings"),
                new Schedule.Every(ofMinutes(10), LocalTime.MIDNIGHT),
                DatasetConfig.Selection.EVERYTHING),
            new DatasetConfig(
                "reports",
                Path.of("/srv/reports"),
                new Schedule.Every(Duration.ofDays(1), LocalTime.of(2, 30)),
                DatasetConfig.Selection.EVERYTHING));
    List<ResourceConfig> resources =
        List.of(
            new ResourceConfig.SharedIp("shared-ip-10.0.0.50", address("10.0.0.50"), 24, "eth0"),
            new ResourceConfig.Gate(
                "gate",
                List.of(
                    new GatedPort(Optional.empty(), 8443, Protocol.TCP),
                    new GatedPort(Optional.of(address("10.0.0.50")), 53, Protocol.UDP),
                    new GatedPort(Optional.of(address("fd00::50")), 443, Protocol.TCP))),
            new ResourceConfig.Unit(
                "ledger.service",
                "ledger.service",
                Optional.of(
                    new Health(
                        new Probe.Http("http://127.0.0.1:8080/health"),
                        ofSeconds(5),
                        3,
                        ofSeconds(2)))),
            new ResourceConfig.Supervised(
                "web",
                List.of("/usr/bin/web", "--port", "80"),
                Optional.of("www-data"),
                Optional.of(Path.of("/srv/web")),
                Map.of("MODE", "on", "EMPTY", ""),
                ofSeconds(3),
                Optional.of(
                    new Health(
                        new Probe.Tcp(new Endpoint("127.0.0.1", 80)),
                        ofSeconds(2),
                        5,
                        ofSeconds(1)))),
            new ResourceConfig.Script(
                "jobs",
                List.of("/bin/a"),
                List.of("/bin/b"),
                List.of("/bin/c"),
                Optional.empty(),
                Map.of(),
                ofSeconds(5)));
    assertThat(read).isEqualTo(new ClusterConfig("ledger", failover, datasets, resources));
  }

  @Test
  void theDocumentIsFilledWithWhatThisMachineCallsThings() {
    Read<ClusterDocument> read =
        ConfigReader.readCluster(
            """
            cluster: { name: ledger }
            datasets:
              - { name: files, path: "${disk}/ledger", every: 10m }
            """,
            "cluster.yaml",
            Map.of("disk", "/mnt/b"));

    assertThat(read)
        .isInstanceOfSatisfying(
            Read.Valid.class,
            valid ->
                assertThat(((ClusterDocument) valid.config()).config().datasets().getFirst().path())
                    .isEqualTo(Path.of("/mnt/b/ledger")));
  }

  @Test
  void aVariableThatThisMachineDoesNotSetIsAMistakeWithItsPlace() {
    Read<ClusterDocument> read =
        ConfigReader.readCluster(
            """
            cluster: { name: ledger }
            datasets:
              - { name: files, path: "${dsik}/ledger", every: 10m }
            """,
            "cluster.yaml",
            Map.of("disk", "/mnt/b"));

    assertThat(read)
        .isInstanceOfSatisfying(
            Read.Invalid.class,
            invalid ->
                assertThat(invalid.problems().getFirst())
                    .hasToString(
                        "cluster.yaml:3:26: the variable 'dsik' is not set on this node; did you"
                            + " mean ${disk}? write variables: { dsik: VALUE } in node.yaml"));
  }

  @Test
  void whatIsAllowedButProbablyNotMeantIsAWarning() {
    Read<ClusterDocument> read =
        ConfigReader.readCluster(
            """
            cluster: { name: ledger }
            failover: { max-loss: 2m }
            datasets:
              - { name: files, path: /srv/files, every: 10m }
            """,
            "cluster.yaml",
            Map.of());
    assertThat(ConfigMistakesTest.warnings(read))
        .containsExactly(
            "cluster.yaml:1:1: no resources: nothing moves in a failover",
            "cluster.yaml:2:11: failover: no connectivity-test: a node that is itself cut off"
                + " cannot tell; write connectivity-test: [ROUTER] with an address that both nodes"
                + " reach",
            "cluster.yaml:2:11: failover: max-loss 2m is not above the interval 10m of dataset"
                + " 'files': a failover will often wait; sync more often or raise max-loss");
  }

  @Test
  void bothFilesAreFoundInTheDirectoryAndBesideTheNodeFile() throws IOException {
    Files.writeString(
        directory.resolve("node.yaml"),
        "node: { name: alpha, designation: primary }\nlinks: [10.0.0.1]\n");
    assertThat(ConfigReader.read(directory))
        .isInstanceOfSatisfying(
            Read.Valid.class,
            valid ->
                assertThat(((Configuration) valid.config()).cluster())
                    .as("a node without a cluster document is detached")
                    .isEmpty());

    String text = "cluster: { name: ledger }\nresources: [{ unit: a.service }]\n";
    Files.writeString(directory.resolve("cluster.yaml"), text);
    for (Path place : List.of(directory, directory.resolve("node.yaml"))) {
      assertThat(ConfigReader.read(place))
          .isInstanceOfSatisfying(
              Read.Valid.class,
              valid ->
                  assertThat(((Configuration) valid.config()).cluster())
                      .map(ClusterDocument::text)
                      .contains(text));
    }
  }

  @Test
  void theMistakesOfBothFilesAreShownTogether() throws IOException {
    Path node = Files.writeString(directory.resolve("node.yaml"), "node: { name: alpha }\n");
    Path cluster = Files.writeString(directory.resolve("cluster.yaml"), "cluster: {}\n");
    assertThat(ConfigMistakesTest.problems(ConfigReader.read(directory)))
        .containsExactly(
            node
                + ":1:1: the key 'links' is missing and listen is 0.0.0.0:7443 (every address);"
                + " write links: [10.0.0.11] with this machine's own addresses",
            node + ":1:7: node: the key 'designation' is missing; write designation: primary",
            cluster + ":1:10: cluster: the key 'name' is missing; write name: ledger");
  }

  @Test
  void aDatasetMayNotHoldTheStateOfTheNode() throws IOException {
    Files.writeString(
        directory.resolve("node.yaml"),
        "node: { name: alpha, designation: primary }\nlinks: [10.0.0.1]\nstate: /srv/state\n");
    Path cluster =
        Files.writeString(
            directory.resolve("cluster.yaml"),
            "cluster: { name: a }\ndatasets: [{ name: all, path: /srv }]\n");
    assertThat(ConfigMistakesTest.problems(ConfigReader.read(directory)))
        .containsExactly(
            cluster
                + ": datasets: dataset 'all' at /srv overlaps this node's state directory"
                + " /srv/state; move one of them");
  }

  @Test
  void aMissingOrBinaryFileIsAMistakeToo() throws IOException {
    Path missing = directory.resolve("node.yaml");
    assertThat(ConfigMistakesTest.problems(ConfigReader.readNode(missing)))
        .containsExactly(
            missing + ": there is no such file; run understudy init, or give --config");
    Path binary = Files.write(missing, new byte[] {(byte) 0xff, 0, 1});
    assertThat(ConfigMistakesTest.problems(ConfigReader.readNode(binary)))
        .containsExactly(binary + ": the file is not UTF-8 text");
  }

  private static NodeConfig node(String text) {
    return switch (ConfigReader.readNode(text, "node.yaml")) {
      case Read.Valid<NodeConfig>(NodeConfig config, List<Problem> warnings) -> config;
      case Read.Invalid<NodeConfig>(List<Problem> problems) ->
          throw new AssertionError(problems.toString());
    };
  }

  private static ClusterConfig cluster(String text) {
    return switch (ConfigReader.readCluster(text, "cluster.yaml", Map.of())) {
      case Read.Valid<ClusterDocument>(ClusterDocument document, List<Problem> warnings) ->
          document.config();
      case Read.Invalid<ClusterDocument>(List<Problem> problems) ->
          throw new AssertionError(problems.toString());
    };
  }

  private static FailoverConfig timing(
      long interval, int failures, long recheck, long timeout, long lease) {
    return new FailoverConfig(
        new ArbiterConfig.Peer(),
        ofMillis(interval),
        failures,
        ofMillis(recheck),
        ofMillis(timeout),
        ofMillis(lease),
        OnFailure.PROMOTE,
        List.of(),
        Optional.empty(),
        ofSeconds(60),
        ofSeconds(30),
        ofMinutes(5),
        Optional.empty(),
        Optional.empty());
  }

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }
}
