package understudy.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of mistake, with the very text that a person gets to see. */
class ConfigMistakesTest {
  private static final String NODE = "node: { name: alpha, designation: primary }\n";
  private static final String CLUSTER = "cluster: { name: ledger }\n";

  record Case(String text, List<String> problems) {
    Case(String text, String... problems) {
      this(text, List.of(problems));
    }

    @Override
    public String toString() {
      return text.replace('\n', '⏎');
    }
  }

  static List<Case> nodeCases() {
    return List.of(
        new Case("", "node.yaml: the file is empty; it needs node"),
        new Case(
            "- a\n",
            "node.yaml:1:1: expected a map of keys, found a list; known here: node, listen, links,"
                + " health-listen, state, socket, variables"),
        new Case(
            "listen: 10.0.0.1:7443\n",
            "node.yaml:1:1: the key 'node' is missing; write node: { name: alpha, designation:"
                + " primary }"),
        new Case(
            "node: { name: Alpha, designation: primry }\nlisten: 10.0.0.1:7443\n",
            "node.yaml:1:15: node.name: a node name has 1 to 63 lower-case letters, digits and"
                + " inner hyphens, not 'Alpha'",
            "node.yaml:1:35: node.designation: 'primry' is not accepted; did you mean 'primary'?"
                + " write primary, secondary, dr, witness"),
        new Case(
            NODE + "listne: 10.0.0.1:7443\nlinks: [10.0.0.1]\n",
            "node.yaml:2:1: unknown key 'listne'; did you mean 'listen'?"),
        new Case(
            NODE + "links: [10.0.0.1]\nfailover: {}\n",
            "node.yaml:3:1: unknown key 'failover'; it belongs in cluster.yaml"),
        new Case(
            NODE + "links: [10.0.0.1]\nwonderful: 1\n",
            "node.yaml:3:1: unknown key 'wonderful'; known here: node, listen, links,"
                + " health-listen, state, socket, variables"),
        new Case(
            NODE + "listen: 7443\nlinks: [10.0.0.1]\n",
            "node.yaml:2:9: listen: '7443' is not host:port"),
        new Case(
            NODE + "listen: ::1:7443\nlinks: [10.0.0.1]\n",
            "node.yaml:2:9: listen: write an IPv6 address in brackets: [::1]:port"),
        new Case(
            NODE + "listen: a:70000\nlinks: [10.0.0.1]\n",
            "node.yaml:2:9: listen: a port is a number from 0 to 65535, not 70000"),
        new Case(
            NODE,
            "node.yaml:1:1: the key 'links' is missing and listen is 0.0.0.0:7443 (every address);"
                + " write links: [10.0.0.11] with this machine's own addresses"),
        new Case(
            NODE + "links: alpha\n",
            "node.yaml:2:8: links: expected a list, found 'alpha'; write [a, b] or one '- ' line"
                + " each"),
        new Case(
            NODE + "links: []\n",
            "node.yaml:2:8: links: heartbeats need at least one address; write [10.0.0.11]"),
        new Case(
            NODE + "links: [alpha, 0.0.0.0]\n",
            "node.yaml:2:9: links[0]: 'alpha' is not an IP address of this machine; write one such"
                + " as 10.0.0.11",
            "node.yaml:2:16: links[1]: '0.0.0.0' is not the address of one machine"),
        new Case(
            NODE + "links: [10.0.0.1]\nstate: var/lib\n",
            "node.yaml:3:8: state: 'var/lib' is not absolute; start it with /"),
        new Case(
            NODE + "links: [10.0.0.1]\nstate: /" + "x".repeat(100) + "\n",
            "node.yaml:3:8: state: the socket's path has 117 bytes, at most 97 work; write socket:"
                + " /run/understudy/understudy.sock or another short path"),
        new Case(
            NODE + "links: [10.0.0.1]\nlinks: [10.0.0.2]\n",
            "node.yaml:3:1: the key 'links' is there twice, first in line 2; keep one"),
        new Case(
            NODE + "links:\n\t- 10.0.0.1\n", "node.yaml:3:1: a tab cannot indent YAML; use spaces"),
        new Case(
            NODE + "links: [10.0.0.1\n",
            "node.yaml:3:1: not YAML: while parsing a flow sequence: expected ',' or ']', but got"
                + " <stream end>"),
        new Case(
            NODE + "links: &all [10.0.0.1]\n",
            "node.yaml:2:8: anchors (&name) and aliases (*name) are not used here; write it out"),
        new Case(
            NODE + "links: *all\n",
            "node.yaml:2:8: anchors (&name) and aliases (*name) are not used here; write it out"),
        new Case(
            NODE + "links: !!set [10.0.0.1]\n",
            "node.yaml:2:8: tags (!name) are not used here; write the plain value"),
        new Case(NODE + "---\n" + NODE, "node.yaml:2:1: a second document after '---'; keep one"),
        new Case(
            NODE + "links: " + "[".repeat(3000) + "\n",
            "node.yaml:2:27: values nested deeper than 20 levels"),
        new Case(
            NODE + "links: [" + "1,".repeat(60_000) + "1]\n",
            "node.yaml:2:99985: more than 50000 values"),
        new Case(
            "#".repeat(300_000),
            "node.yaml: the file has more than 262144 characters; a configuration is small: check"
                + " that this is the right file"),
        new Case(
            NODE + "links:\n",
            "node.yaml:2:7: links: expected a list, found nothing; write"
                + " [a, b] or one '- ' line each"),
        new Case(
            NODE + "links: [10.0.0.1]\nstate:\n", "node.yaml:3:7: state: the value is missing"),
        new Case(
            NODE + "links: [10.0.0.1]\nstate: [a]\n",
            "node.yaml:3:8: state: expected one value, found a list"),
        new Case(NODE + "links: [10.0.0.1]\n[a, b]: c\n", "node.yaml:3:1: a key is one word"));
  }

  @ParameterizedTest
  @MethodSource("nodeCases")
  void nodeFile(Case given) {
    assertThat(problems(ConfigReader.readNode(given.text(), "node.yaml")))
        .isEqualTo(given.problems());
  }

  static List<Case> failoverCases() {
    return List.of(
        failover(
            "primary-timeout: 3",
            "cluster.yaml:3:20: failover.primary-timeout: the duration 3 has no unit; write 3s"
                + " (units: ms, s, m, h, d; whole numbers only)"),
        failover(
            "primary-timeout: 1.5s",
            "cluster.yaml:3:20: failover.primary-timeout: '1.5s' is not a duration; write a whole"
                + " number and a unit: 500ms, 3s, 2m, 1h or 7d"),
        failover(
            "primary-timeout: 5min",
            "cluster.yaml:3:20: failover.primary-timeout: '5min' is not a duration; write a whole"
                + " number and a unit: 500ms, 3s, 2m, 1h or 7d"),
        failover(
            "primary-timeout: 2d",
            "cluster.yaml:3:20: failover.primary-timeout: 2d is out of range; write 100ms to 1d"),
        failover(
            "primray-timeout: 3s",
            "cluster.yaml:3:3: failover: unknown key 'primray-timeout'; did you mean"
                + " 'primary-timeout'?"),
        failover(
            "heartbeat: { intervall: 1, failures: many }",
            "cluster.yaml:3:16: failover.heartbeat: unknown key 'intervall'; did you mean"
                + " 'interval'?",
            "cluster.yaml:3:40: failover.heartbeat.failures: 'many' is not accepted; write a whole"
                + " number from 1 to 100"),
        failover(
            "arbiter: majorty",
            "cluster.yaml:3:12: failover.arbiter: 'majorty' is not accepted; did you mean"
                + " 'majority'? write peer, majority, lease"),
        failover(
            "arbiter: lease",
            "cluster.yaml:3:12: failover.arbiter: the arbiter lease needs a store; write etcd: {"
                + " endpoints: [https://10.0.0.21:2379] } beside it"),
        failover(
            "drift: 2%",
            "cluster.yaml:3:10: failover.drift: 'drift' belongs to the arbiter majority or lease;"
                + " write arbiter: majority or lease, or leave it out"),
        failover(
            "failsafe: on",
            "cluster.yaml:3:13: failover.failsafe: 'failsafe' belongs to the arbiter lease; write"
                + " arbiter: lease, or leave it out"),
        failover(
            "{ arbiter: majority, failsafe: off }",
            "cluster.yaml:3:34: failover.failsafe: 'failsafe' belongs to the arbiter lease; write"
                + " arbiter: lease, or leave it out"),
        failover(
            "{ arbiter: lease, failsafe: maybe, zookeeper: { servers: [10.0.0.1] } }",
            "cluster.yaml:3:31: failover.failsafe: 'maybe' is not accepted; write on, off"),
        failover(
            "{ arbiter: majority, drift: 30% }",
            "cluster.yaml:3:31: failover.drift: '30%' is not accepted; write a share such as 1%,"
                + " from 0.1% to 20%"),
        failover(
            "{ arbiter: majority, lease: 1300ms }",
            "cluster.yaml:3:31: failover.lease: 2 × heartbeat.interval + round-trip + fence budget"
                + " < lease × (1 − drift) does not hold: 2 × 500ms + 100ms + 250ms = 1350ms, and"
                + " 1300ms × 99.0 % = 1287ms; raise lease and primary-timeout, or shorten"
                + " heartbeat.interval"),
        failover(
            "{ arbiter: lease, round-trip: 1500ms, etcd: { endpoints: [http://127.0.0.1:2379] } }",
            "cluster.yaml:3:3: failover: heartbeat.interval + round-trip + fence budget"
                + " < lease × (1 − drift) does not hold: 500ms + 1500ms + 250ms = 2250ms, and"
                + " 1950ms × 99.0 % = 1930ms; raise lease and primary-timeout, or shorten"
                + " heartbeat.interval"),
        failover(
            "{ arbiter: lease, etcd: { endpoints: [10.0.0.21] }, zookeeper: { servers: [] } }",
            "cluster.yaml:3:41: failover.etcd.endpoints[0]: '10.0.0.21' is not accepted; write"
                + " https://HOST:2379",
            "cluster.yaml:3:66: failover.zookeeper: the key lies in one store: there are both etcd"
                + " and zookeeper; keep one",
            "cluster.yaml:3:77: failover.zookeeper.servers: write 1 to 16 of them"),
        failover(
            "{ arbiter: lease, zookeeper: { servers: [10.0.0.1], user: u, password: secret } }",
            "cluster.yaml:3:74: failover.zookeeper.password: a password never stands in the"
                + " document; write \"file:/etc/understudy/PASSWORD-FILE\""),
        failover(
            "on-failure: permote",
            "cluster.yaml:3:15: failover.on-failure: 'permote' is not accepted; did you mean"
                + " 'promote'? write promote, ask, keep-standby"),
        failover(
            "profile: quick",
            "cluster.yaml:3:12: failover.profile: 'quick' is not accepted; write default, fast,"
                + " patient"),
        failover(
            "arbiter: majority\n  fence: { command: [/bin/off] }",
            "cluster.yaml:4:10: failover.fence: a fence command goes with arbiter: peer only; leave"
                + " it out: votes and leases make sure of the other node by themselves"),
        failover(
            "failback: auto",
            "cluster.yaml:3:13: failover.failback: not accepted here; write manual or { after: 10m"
                + " }"),
        failover(
            "connectivity-test: [10.0.0.1, \"a b\"]",
            "cluster.yaml:3:33: failover.connectivity-test[1]: 'a b' is not host:port"),
        failover(
            "heartbeat: { failures: 6 }",
            "cluster.yaml:3:26: failover.heartbeat.failures: heartbeat.interval ×"
                + " heartbeat.failures < primary-timeout does not hold: 500ms × 6 = 3s, and"
                + " primary-timeout is 3s; raise primary-timeout above 3s, or send more often"),
        failover(
            "lease: 3s",
            "cluster.yaml:3:10: failover.lease: lease < primary-timeout does not hold: lease is 3s,"
                + " primary-timeout is 3s; write lease: 1950ms"),
        failover(
            "lease: 757ms",
            "cluster.yaml:3:10: failover.lease: heartbeat.interval + fence budget < lease × 99 %"
                + " does not hold: 500ms + 250ms = 750ms, and 757ms × 99 % = 749ms; raise lease and"
                + " primary-timeout, or shorten heartbeat.interval"));
  }

  @ParameterizedTest
  @MethodSource("failoverCases")
  void failoverSection(Case given) {
    assertThat(problems(ConfigReader.readCluster(given.text(), "cluster.yaml", Map.of())))
        .isEqualTo(given.problems());
  }

  static List<Case> datasetCases() {
    return List.of(
        dataset(
            "path: /srv/a",
            "cluster.yaml:3:5: datasets[0]: the key 'name' is missing; write" + " name: files"),
        dataset(
            "name: a",
            "cluster.yaml:3:5: datasets[0]: the key 'path' is missing; write path:"
                + " /srv/files"),
        dataset(
            "name: a b, path: srv",
            "cluster.yaml:3:13: datasets[0].name: 'a b' is not a name; use 1 to 63 lower-case"
                + " letters, digits, inner hyphens",
            "cluster.yaml:3:24: datasets[0].path: 'srv' is not absolute; start it with /"),
        dataset(
            "name: a, path: /",
            "cluster.yaml:3:22: datasets[0].path: the whole file system cannot be a dataset"),
        dataset(
            "name: a, path: /srv/../etc",
            "cluster.yaml:3:22: datasets[0].path: '/srv/../etc' has . or .. in it; write /etc"),
        dataset(
            "name: a, path: /srv/a }\n  - { name: a, path: /srv/b",
            "cluster.yaml:4:13: datasets[1].name: a second dataset is called 'a'; choose another"
                + " name"),
        dataset(
            "name: a, path: /srv/a }\n  - { name: b, path: /srv/a/b",
            "cluster.yaml:4:22: datasets[1].path: /srv/a/b and /srv/a overlap: each file belongs to"
                + " one dataset; use exclude in the outer one or separate directories"),
        dataset(
            "name: a, path: /srv/a, every: 10",
            "cluster.yaml:3:37: datasets[0].every: the duration 10 has no unit; write 10s (units:"
                + " ms, s, m, h, d; whole numbers only)"),
        dataset(
            "name: a, path: /srv/a, every: { every: 10m, start: 2am }",
            "cluster.yaml:3:58: datasets[0].every.start: '2am' is not a time of day; write hours"
                + " and minutes in UTC: \"02:00\""),
        dataset(
            "name: a, path: /srv/a, max-delete: 0%",
            "cluster.yaml:3:42: datasets[0].max-delete: '0%' is no share; write 1% to 100%"),
        dataset(
            "name: a, path: /srv/a, keep: { size: 10 }",
            "cluster.yaml:3:44: datasets[0].keep.size: '10' is not a size; write a whole number and"
                + " a unit: 512MiB or 10GiB"),
        dataset(
            "name: a, path: /srv/a, every: { cron: 0 25 * * * }",
            "cluster.yaml:3:45: datasets[0].every.cron: '25' is no hour from 0 to 23"),
        dataset(
            "name: a, path: /srv/a, postgres: { unit: x }",
            "cluster.yaml:3:30: datasets[0]: 'postgres' is not supported in this version; remove"
                + " it"),
        dataset(
            "name: a, path: /srv/a, exclude: [/cache, \"a[\"]",
            "cluster.yaml:3:40: datasets[0].exclude[0]: '/cache' starts with /; patterns are"
                + " relative to the dataset's path",
            "cluster.yaml:3:48: datasets[0].exclude[1]: 'a[' is not a pattern"),
        dataset(
            "name: a, path: /srv/a, include: [b]",
            "cluster.yaml:3:39: datasets[0].include: include says what is copied although exclude"
                + " names it, and nothing is excluded; add exclude, or leave include out: everything"
                + " is copied"));
  }

  @ParameterizedTest
  @MethodSource("datasetCases")
  void datasetsSection(Case given) {
    assertThat(problems(ConfigReader.readCluster(given.text(), "cluster.yaml", Map.of())))
        .isEqualTo(given.problems());
  }

  static List<Case> resourceCases() {
    return List.of(
        resource(
            "interface: eth0",
            "cluster.yaml:3:5: resources[0]: nothing says what kind of resource this is; write one"
                + " of shared-ip, gate, unit, command"),
        resource(
            "unit: a, gate: [1/tcp]",
            "cluster.yaml:3:5: resources[0]: one entry is one resource, this has gate and unit;"
                + " write one of shared-ip, gate, unit, command"),
        resource(
            "shared-ip: 10.0.0.50",
            "cluster.yaml:3:5: resources[0]: the key 'interface' is missing; write interface: eth0",
            "cluster.yaml:3:18: resources[0].shared-ip: '10.0.0.50' lacks the network's prefix"
                + " length; write 10.0.0.50/24"),
        resource(
            "shared-ip: 10.0.0.500/24, interface: eth0",
            "cluster.yaml:3:18: resources[0].shared-ip: '10.0.0.500' is not an IP address; write"
                + " 10.0.0.50/24 or fd00::50/64"),
        resource(
            "shared-ip: 10.0.0.50/33, interface: \"a b\"",
            "cluster.yaml:3:18: resources[0].shared-ip: '/33' is not a prefix length from 0 to 32;"
                + " write 10.0.0.50/24",
            "cluster.yaml:3:43: resources[0].interface: 'a b' is not the name of a network"
                + " interface"),
        resource(
            "shared-ip: 10.0.0.50/24, interface: a }\n  - { shared-ip: 10.0.0.50/24, interface: b",
            "cluster.yaml:4:5: resources[1]: a second resource is called 'shared-ip-10.0.0.50';"
                + " give one another name:",
            "cluster.yaml:4:18: resources[1].shared-ip: 10.0.0.50 is there twice; keep one"),
        resource(
            "gate: [8443, 8443/tpc, nowhere:1/tcp]",
            "cluster.yaml:3:14: resources[0].gate[0]: port 8443 has no protocol; write"
                + " \"8443/tcp\" or \"8443/udp\"",
            "cluster.yaml:3:20: resources[0].gate[1]: '8443/tpc' is not a port; write \"8443/tcp\""
                + " or \"10.0.0.50:8443/tcp\"",
            "cluster.yaml:3:30: resources[0].gate[2]: Invalid IP address literal: nowhere"),
        resource(
            "gate: []",
            "cluster.yaml:3:13: resources[0].gate: a gate without ports guards nothing; write"
                + " [\"8443/tcp\"]"),
        resource(
            "unit: a.service, interface: eth0",
            "cluster.yaml:3:35: resources[0].interface: 'interface' does not belong to this kind of"
                + " resource; remove it"),
        resource(
            "unit: a.service, health: { every: 2 }",
            "cluster.yaml:3:32: resources[0].health: nothing says how to ask; write exactly one of"
                + " http, tcp, command",
            "cluster.yaml:3:41: resources[0].health.every: the duration 2 has no unit; write 2s"
                + " (units: ms, s, m, h, d; whole numbers only)"),
        resource(
            "unit: a.service, health: { http: ftp://x }",
            "cluster.yaml:3:40: resources[0].health.http: 'ftp://x' is not a web address; write"
                + " http://127.0.0.1:8080/health"),
        resource(
            "command: { run: /bin/web --port 80 }",
            "cluster.yaml:3:16: resources[0].command: the key 'name' is missing; write name: web"),
        resource(
            "command: { name: web, run: /bin/web --port 80 }",
            "cluster.yaml:3:34: resources[0].command.run: a command is a list of program and"
                + " arguments; no shell reads it; write [/bin/web, --port, 80]"),
        resource(
            "command: { name: web, run: [] }",
            "cluster.yaml:3:34: resources[0].command.run: a command needs a program; write"
                + " [/path/to/program, argument]"),
        resource(
            "command: { name: web }",
            "cluster.yaml:3:16: resources[0].command: nothing says what to run; write run: (one"
                + " long-lived process) or start:, stop: and check:"),
        resource(
            "command: { name: web, start: [a], user: b }",
            "cluster.yaml:3:16: resources[0].command: the key 'stop' is missing; write stop:"
                + " [program, argument]",
            "cluster.yaml:3:16: resources[0].command: the key 'check' is missing; write check:"
                + " [program, argument]",
            "cluster.yaml:3:47: resources[0].command.user: start, stop and check are short"
                + " commands: 'user' does not apply; remove it"),
        resource(
            "dns: { name: a }",
            "cluster.yaml:3:7: resources[0]: 'dns' is not supported in this version; remove it"));
  }

  @ParameterizedTest
  @MethodSource("resourceCases")
  void resourcesSection(Case given) {
    assertThat(problems(ConfigReader.readCluster(given.text(), "cluster.yaml", Map.of())))
        .isEqualTo(given.problems());
  }

  private static Case failover(String line, String... problems) {
    return new Case(CLUSTER + "failover:\n  " + line + "\n", problems);
  }

  private static Case dataset(String keys, String... problems) {
    return new Case(CLUSTER + "datasets:\n  - { " + keys + " }\n", problems);
  }

  private static Case resource(String keys, String... problems) {
    return new Case(CLUSTER + "resources:\n  - { " + keys + " }\n", problems);
  }

  static List<String> problems(Read<?> read) {
    return switch (read) {
      case Read.Valid<?> valid -> List.of("valid: " + valid.config());
      case Read.Invalid<?>(List<Problem> problems) ->
          problems.stream().map(Problem::toString).toList();
    };
  }

  static List<String> warnings(Read<?> read) {
    return switch (read) {
      case Read.Valid<?>(var config, List<Problem> warnings) ->
          warnings.stream().map(Problem::toString).toList();
      case Read.Invalid<?> invalid -> throw new AssertionError(problems(invalid).toString());
    };
  }
}
