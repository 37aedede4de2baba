package understudy.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.ApiParts;
import understudy.api.ApiServer;
import understudy.api.Users;
import understudy.config.ClusterDocument;
import understudy.config.Configuration;
import understudy.config.NodeConfig;
import understudy.failover.Durable;
import understudy.failover.Failover;
import understudy.failover.Input;
import understudy.failover.NodeName;
import understudy.failover.Policy;
import understudy.failover.State;
import understudy.heartbeat.Heartbeats;
import understudy.resource.assembly.ResourceSet;
import understudy.resource.command.Surroundings;
import understudy.resource.probe.ConnectivityProbe;
import understudy.resource.probe.ServiceAddressProbe;
import understudy.store.FileNodeStore;
import understudy.store.Journal;
import understudy.store.NodeStore.Remembered;
import understudy.sync.PullOptions;
import understudy.sync.SyncEngine;
import understudy.sync.SyncResult;
import understudy.time.Clock;
import understudy.wire.Dialer;
import understudy.wire.Greeting;
import understudy.wire.Identity;
import understudy.wire.Member;
import understudy.wire.Members;
import understudy.wire.PeerConnector;
import understudy.wire.Release;

/** The daemon: everything of one node, wired by hand in one place. */
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final Duration LONGEST_TICK = Duration.ofMillis(100);
  private static final Duration SHORTEST_DIAL = Duration.ofSeconds(2);
  private static final Duration LOOK_WITHIN = Duration.ofMillis(200);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Clock clock;
  private final Loop loop;
  private final Actions actions;
  private final Supervisor supervisor;

  /**
   * Starts everything and returns when it runs.
   *
   * @param end ends the process as broken
   */
  public Node(Configuration configuration, Clock clock, Runnable end)
      throws StartException, InterruptedException {
    this.clock = clock;
    this.supervisor = new Supervisor(System.getenv(), clock);
    try {
      NodeConfig node = configuration.node();
      ClusterDocument document =
          configuration.cluster().orElseThrow(() -> new StartException(inNoCluster()));
      Path state = Files.createDirectories(node.state());
      keep(StateLock.take(state));
      Identity identity =
          Identity.load(state).orElseThrow(() -> new StartException(inNoCluster()));
      Members members = Members.load(state).orElseThrow(() -> new StartException(inNoCluster()));
      Release release = Release.current();
      Policy policy = Policies.of(node, document.config(), members, release);

      var inbox = new Inbox();
      var store = new FileNodeStore(state);
      var journal = keep(new Journal(state));
      var bulletin = new Bulletin();
      var book = new PeerBook(clock);
      var greeting = new Greeting(identity, node.name(), release, members);
      var connector = new PeerConnector(new Dialer(identity, dialLimit(policy)), greeting);
      var operations = new Operations(clock, bulletin::changed);

      var engine = new SyncEngine(state, document.config().datasets(), node.name(), clock);
      var sync =
          keep(
              new SyncDriver(
                  engine,
                  document.config().datasets(),
                  clock,
                  source -> new MemberStreams(connector, member(members, source)),
                  pullOptions(state),
                  new SyncNews(inbox, journal, bulletin)));
      var resources =
          ResourceSet.of(
              document.config().resources(),
              new Surroundings(document.config().name(), node.name(), state),
              clock);
      var driver = keep(new ResourceDriver(resources, inbox, clock));
      var keeper = keep(new MandateKeeper(driver, clock, policy.timing().lease()));
      driver.keptBy(keeper);
      var lookout =
          keep(
              new Lookout(
                  new ConnectivityProbe(
                      document.config().failover().connectivityTest(), LOOK_WITHIN),
                  new ServiceAddressProbe(document.config().resources(), LOOK_WITHIN),
                  inbox,
                  clock));
      var heartbeats =
          keep(
              new Heartbeats(
                  identity,
                  members.cluster(),
                  connector,
                  node.links(),
                  node.listen().port(),
                  policy.timing().interval(),
                  clock,
                  (spoken, _) -> {
                    book.note(spoken);
                    inbox.post(at -> new Input.Heard(at, spoken.heartbeat()));
                  }));
      var speaker = new Speaker(heartbeats, clock, document.hash());
      var effects =
          new Effects(
              clock,
              speaker,
              keeper,
              driver,
              lookout,
              sync,
              operations,
              journal,
              bulletin,
              supervisor,
              end);
      State booted =
          State.booted(policy, remembered(store, clock), sync.standing(), clock.now());
      this.loop =
          keep(new Loop(new Failover(policy), booted, inbox, store, clock, tick(policy), effects));
      var calls = new PeerCalls(connector);
      this.actions =
          new Actions(loop, inbox, operations, sync, calls, members, journal, clock);
      var care =
          keep(
              new Care(
                  loop,
                  inbox,
                  operations,
                  driver,
                  heartbeats.links(),
                  book,
                  state,
                  document.hash(),
                  clock));
      var front =
          new Front(
              document.config(),
              loop,
              actions,
              sync,
              care,
              heartbeats.links(),
              book,
              journal,
              bulletin,
              clock);
      var pairing = pairing(configuration, identity, members, connector, heartbeats, release);
      var door =
          new PeerDoor(
              loop, heartbeats, engine, sync, calls, actions, pairing.members(), release, clock);
      var server =
          keep(
              new ApiServer(
                  new ApiParts(
                      node,
                      identity,
                      greeting,
                      front,
                      door,
                      pairing.strangers(),
                      pairing.calls(),
                      new Users(state),
                      clock)));

      resources.gate().ensure();
      server.start();
      members.peers().forEach(heartbeats::meet);
      keeper.start();
      sync.start();
      loop.start();
      care.start();
      supervisor.ready("node " + node.name() + " of " + document.config().name());
      LOG.info("node {} of cluster {} is up, release {}", node.name(), document.config().name(), release);
    } catch (IOException | SQLException failed) {
      close();
      throw new StartException("the daemon cannot start: " + failed.getMessage(), failed);
    } catch (StartException | RuntimeException failed) {
      close();
      throw failed;
    }
  }
}
