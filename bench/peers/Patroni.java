import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import understudy.demo.lab.Client;
import understudy.demo.lab.LabException;
import understudy.demo.lab.WrittenNumber;

/**
 * Measures Patroni in the lab of the demo: PostgreSQL with asynchronous replication on hosts a and
 * b, one etcd on a third. A write is a committed row. The client writes to both databases, and the
 * one that takes writes acknowledges: nothing between it and them, such as a proxy, adds to the
 * outage.
 *
 * <pre>bench/run patroni [RUNS [PROFILE]]</pre>
 */
public final class Patroni implements Engine {
  static final int DATABASE_PORT = 5432;
  static final String USER = "postgres";

  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
  private static final Pattern DAEMON = Pattern.compile("patroni");

  /** Seconds: a leader's key lives, the loop turns, a failing call is tried again. */
  private enum Setting implements Contender {
    /** Its own defaults. */
    DEFAULT("default", 30, 10, 10),
    /** The shortest that its rule ttl ≥ loop + 2 × retry lets pass. */
    FAST("fast", 5, 1, 2);

    private final String profile;
    private final int ttl;
    private final int loop;
    private final int retry;

    Setting(String profile, int ttl, int loop, int retry) {
      this.profile = profile;
      this.ttl = ttl;
      this.loop = loop;
      this.retry = retry;
    }

    @Override
    public String engine() {
      return "patroni";
    }

    @Override
    public String profile() {
      return profile;
    }

    @Override
    public Engine on(Machines machines) {
      return new Patroni(machines, this);
    }
  }

  private final Machines machines;
  private final Setting setting;

  private Patroni(Machines machines, Setting setting) {
    this.machines = machines;
    this.setting = setting;
  }

  public static void main(String[] arguments) {
    PeerBench.run(
        List.of(Setting.values()), arguments, "patroni", "patronictl", "etcd", "psql", "setpriv");
  }

  @Override
  public Duration interval() {
    return Duration.ofSeconds(setting.loop);
  }

  /** The key lapses, and the other one's loop comes round. */
  @Override
  public Duration noticed() {
    return Duration.ofSeconds(setting.ttl + setting.loop + 5);
  }

  @Override
  public Client client() throws LabException {
    return machines.clientOfBoth();
  }

  @Override
  public void begin() throws Exception {
    String store = "http://" + machines.address(Machines.THIRD);
    machines.start(
        Machines.THIRD,
        List.of(
            "etcd",
            "--name=third",
            "--data-dir=" + machines.home(Machines.THIRD).resolve("etcd"),
            "--listen-client-urls=" + store + ":2379",
            "--advertise-client-urls=" + store + ":2379",
            "--listen-peer-urls=" + store + ":2380",
            "--initial-advertise-peer-urls=" + store + ":2380",
            "--initial-cluster=third=" + store + ":2380"));
    String door = "/dev/tcp/" + machines.address(Machines.THIRD) + "/2379";
    machines.await(
        "etcd answers",
        () ->
            !machines
                .ask(Machines.THIRD, List.of("bash", "-c", "exec 3<>" + door + " && echo open"))
                .isEmpty());
    begin("a");
    machines.await("a is the leader", () -> isRunning("a", "leader", "running"));
    machines.demand("a", query("a", "create table writes (number bigint, node text, run text)"));
    begin("b");
    machines.await("b is its replica", () -> isRunning("b", "replica", "streaming|running"));
    machines.await(
        "b follows",
        () ->
            machines
                .ask(
                    "a",
                    query("a", "select count(*) from pg_stat_replication where state='streaming'"))
                .strip()
                .equals("1"));
    for (String host : List.of("a", "b")) {
      machines.start(host, service(host));
    }
  }

  private void begin(String host) throws Exception {
    Path home = machines.home(host);
    Files.writeString(configuration(host), text(host));
    machines.demand(host, List.of("chown", USER + ":" + USER, home.toString()));
    machines.start(host, asOwner("patroni", configuration(host).toString()));
  }

  private Path configuration(String host) throws IOException {
    return machines.home(host).resolve("patroni.yaml");
  }

  private String text(String host) throws Exception {
    Path home = machines.home(host);
    String address = machines.address(host);
    return """
        scope: lab
        name: %s
        restapi: { listen: "%s:8008", connect_address: "%s:8008" }
        etcd3: { host: "%s:2379" }
        bootstrap:
          dcs:
            ttl: %d
            loop_wait: %d
            retry_timeout: %d
            postgresql:
              use_pg_rewind: true
              use_slots: true
              parameters: { wal_log_hints: "on", shared_buffers: 32MB }
          initdb: [ { encoding: UTF8 }, data-checksums ]
          pg_hba:
            - local all all trust
            - host all all 10.77.0.0/24 trust
            - host replication all 10.77.0.0/24 trust
        postgresql:
          listen: "%s:%d"
          connect_address: "%s:%d"
          data_dir: %s
          bin_dir: %s
          pgpass: %s
          authentication:
            superuser: { username: %s, password: lab }
            replication: { username: copies, password: lab }
          parameters: { unix_socket_directories: "%s" }
        watchdog: { mode: "off" }
        """
        .formatted(
            host,
            address,
            address,
            machines.address(Machines.THIRD),
            setting.ttl,
            setting.loop,
            setting.retry,
            address,
            DATABASE_PORT,
            address,
            DATABASE_PORT,
            home.resolve("data"),
            binaries(),
            home.resolve("pgpass"),
            USER,
            home);
  }

  /** Debian keeps each major version in a directory of its own; the newest. */
  private static Path binaries() throws IOException {
    try (Stream<Path> versions = Files.list(VERSIONS)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(directory -> Files.isExecutable(directory.resolve("initdb")))
          .max(Comparator.naturalOrder())
          .orElseThrow(() -> new IOException("no PostgreSQL server below " + VERSIONS));
    }
  }

  /** PostgreSQL does not run as root. */
  private static List<String> asOwner(String... command) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid=" + USER,
                "--regid=" + USER,
                "--init-groups",
                "env",
                "HOME=/nonexistent",
                "LC_ALL=C.UTF-8"));
    words.addAll(List.of(command));
    return words;
  }

  private static List<String> service(String host, String address, int port) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx48m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        PostgresService.class.getName(),
        host,
        address,
        Integer.toString(port));
  }

  private List<String> service(String host) {
    return service(host, machines.address(host), machines.port());
  }

  private List<String> query(String host, String statement) {
    return List.of(
        "psql",
        "--host=" + machines.address(host),
        "--username=" + USER,
        "--no-align",
        "--tuples-only",
        "--command=" + statement,
        USER);
  }

  /** What the cluster says of a host. */
  private boolean isRunning(String host, String role, String state) throws Exception {
    String members =
        machines.ask(
            host,
            asOwner("patronictl", "-c", configuration(host).toString(), "list", "-f", "json"));
    return Pattern.compile("\\{[^}]*\"Member\": \"" + host + "\"[^}]*}")
        .matcher(members)
        .results()
        .map(found -> found.group().toLowerCase(Locale.ROOT))
        .anyMatch(
            said ->
                said.contains("\"role\": \"" + role + "\"")
                    && Pattern.compile("\"state\": \"(" + state + ")\"").matcher(said).find());
  }

  @Override
  public void handOver() throws Exception {
    machines.demand(
        "b",
        asOwner(
            "patronictl",
            "-c",
            configuration("b").toString(),
            "switchover",
            "lab",
            "--leader",
            "a",
            "--candidate",
            "b",
            "--force"));
  }

  @Override
  public List<Long> daemons(String host) throws Exception {
    return machines.processes(host, DAEMON);
  }

  @Override
  public Optional<Set<WrittenNumber>> ledger(String host) throws Exception {
    Set<WrittenNumber> rows = new HashSet<>();
    machines
        .ask(host, query(host, "select number || ' ' || node || ' ' || run from writes"))
        .lines()
        .forEach(row -> WrittenNumber.parse(row).ifPresent(rows::add));
    return Optional.of(rows);
  }
}
