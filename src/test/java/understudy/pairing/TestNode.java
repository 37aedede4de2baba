package understudy.pairing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import understudy.api.Access;
import understudy.api.ApiParts;
import understudy.api.ApiServer;
import understudy.api.NoData;
import understudy.api.ShownNode;
import understudy.api.Users;
import understudy.config.Endpoint;
import understudy.config.NodeConfig;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.node.PairingOverApi;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.wire.Greeting;
import understudy.wire.Identity;
import understudy.wire.Member;
import understudy.wire.Members;
import understudy.wire.Release;

/** A node on loopback as the daemon wires it, as far as pairing goes. */
public final class TestNode implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(2);

  final Path home;
  final NodeConfig config;
  final List<Member> joined = new CopyOnWriteArrayList<>();
  final List<NodeName> left = new CopyOnWriteArrayList<>();
  final TurnableClock clock = new TurnableClock();
  final Members members;
  final Identity identity;
  final PairingDesk desk;
  final ApiServer server;

  private TestNode(Path home, NodeConfig config) throws IOException {
    this.home = home;
    this.config = config;
    this.members = Members.load(config.state()).orElseThrow();
    this.identity = Identity.load(config.state()).orElseThrow();
    this.desk =
        new PairingDesk(
            new DeskParts(
                config.name(),
                config.designation(),
                identity,
                Release.current(),
                members,
                this::addresses,
                home.resolve("cluster.yaml"),
                config.variables(),
                Users.file(config.state()),
                config.state(),
                LIMIT,
                clock,
                new Noting()));
    this.server =
        new ApiServer(
            new ApiParts(
                config,
                identity,
                new Greeting(identity, config.name(), Release.current(), members),
                new ShownNode(),
                desk::acceptMember,
                desk::acceptStranger,
                new PairingOverApi(desk),
                new NoData(),
                new understudy.api.ShownDocument(),
                new Users(config.state()),
                clock));
    server.start();
  }

  /** Initialises a machine as {@code understudy init} does and starts it. */
  static TestNode initialised(Path home, Path data) throws Exception {
    NodeConfig config = config(home, "alpha", Designation.PRIMARY, 0);
    Initialisation.Outcome outcome =
        Initialisation.perform(
            new Initialisation.Request(
                "ledger",
                config,
                List.of(new Endpoint("127.0.0.1", 0)),
                List.of(data),
                home.resolve("node.yaml"),
                home.resolve("cluster.yaml")));
    if (!(outcome instanceof Initialisation.Outcome.Made)) {
      throw new IllegalStateException(outcome.toString());
    }
    new Users(config.state()).put("admin", Access.ADMIN, "correct horse".toCharArray());
    return new TestNode(home, config);
  }

  /** Starts a machine that has joined. */
  public static TestNode started(Path home, NodeConfig config) throws Exception {
    return new TestNode(home, config);
  }

  static NodeConfig config(Path home, String name, Designation designation, int port) {
    return new NodeConfig(
        new NodeName(name),
        designation,
        new Endpoint("127.0.0.1", port),
        Optional.empty(),
        List.of("127.0.0.1"),
        home.resolve("state"),
        home.resolve("u.sock"));
  }

  public List<Member> peers() {
    return members.peers();
  }

  private List<Endpoint> addresses() {
    return OwnAddresses.of(config, server.port());
  }

  @Override
  public void close() {
    server.close();
  }

  /** Every file below, with its content; to see that nothing changed. */
  static List<String> snapshot(Path home) throws IOException {
    List<String> files = new ArrayList<>();
    try (var walk = Files.walk(home)) {
      for (Path file : walk.filter(Files::isRegularFile).sorted().toList()) {
        files.add(home.relativize(file) + "\n" + Files.readString(file));
      }
    }
    return files;
  }

  private final class Noting implements RelationshipListener {
    @Override
    public void joined(Member member) {
      joined.add(member);
    }

    @Override
    public void left(NodeName name) {
      left.add(name);
    }
  }

  /** The machine's clocks, as far as the test turned them. */
  static final class TurnableClock implements Clock {
    private final AtomicLong monotonicAhead = new AtomicLong();
    private final AtomicLong wallAhead = new AtomicLong();

    @Override
    public Moment now() {
      return new Moment(System.nanoTime() + monotonicAhead.get());
    }

    @Override
    public Instant wall() {
      return Instant.now().plusNanos(wallAhead.get());
    }

    void pass(Duration time) {
      monotonicAhead.addAndGet(time.toNanos());
    }

    void setWrongBy(Duration time) {
      wallAhead.set(time.toNanos());
    }
  }
}
