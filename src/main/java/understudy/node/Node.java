package understudy.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.api.ApiParts;
import understudy.api.ApiServer;
import understudy.api.DocumentCalls;
import understudy.api.ServedNode;
import understudy.api.Users;
import understudy.config.ArbiterConfig;
import understudy.config.ClusterConfig;
import understudy.config.ClusterDocument;
import understudy.config.ConfigReader;
import understudy.config.Configuration;
import understudy.config.NodeConfig;
import understudy.failover.Designation;
import understudy.failover.Durable;
import understudy.failover.Failover;
import understudy.failover.NodeName;
import understudy.failover.Policy;
import understudy.failover.State;
import understudy.heartbeat.Heartbeats;
import understudy.lease.Asking;
import understudy.lease.Store;
import understudy.lease.Stores;
import understudy.pairing.DeskParts;
import understudy.pairing.OwnAddresses;
import understudy.pairing.PairingDesk;
import understudy.resource.assembly.ResourceSet;
import understudy.resource.command.Surroundings;
import understudy.store.Consent;
import understudy.store.DocumentStore;
import understudy.store.DrillStore;
import understudy.store.FileNodeStore;
import understudy.store.HoldStore;
import understudy.store.Journal;
import understudy.store.NodeStore.Remembered;
import understudy.store.QuestionStore;
import understudy.sync.PullOptions;
import understudy.sync.SyncEngine;
import understudy.time.Clock;
import understudy.wire.Dialer;
import understudy.wire.Greeting;
import understudy.wire.Identity;
import understudy.wire.Member;
import understudy.wire.Members;
import understudy.wire.PeerConnector;
import understudy.wire.Purpose;
import understudy.wire.Release;

/** The daemon: everything of one node, wired by hand in one place. */
public final class Node implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Node.class);
  private static final Duration SHORTEST_DIAL = Duration.ofSeconds(2);

  /** A person may wait for what is asked of a node that has just died. */
  private static final Duration LONGEST_DIAL_FOR_A_CALL = Duration.ofSeconds(4);

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Clock clock;
  private final Loop loop;
  private final Supervisor supervisor;
  private final Front front;
  private final Members members;
  private final Documents documents;
  private final Reconfiguration reconfiguration;
  private final Path nodeFile;
  private final Departure departure;

  /**
   * Starts everything and returns when it runs.
   *
   * @param end ends the process as broken
   */
  public Node(Configuration configuration, Clock clock, Runnable end)
      throws StartException, InterruptedException {
    this.clock = clock;
    this.nodeFile = configuration.nodeFile();
    this.supervisor = new Supervisor(System.getenv(), clock);
    try {
      NodeConfig node = configuration.node();
      ClusterDocument document =
          configuration.cluster().orElseThrow(() -> new StartException(inNoCluster()));
      Path state = Files.createDirectories(node.state());
      keep(StateLock.take(state));
      Identity identity = Identity.load(state).orElseThrow(() -> new StartException(inNoCluster()));
      this.members = Members.load(state).orElseThrow(() -> new StartException(inNoCluster()));
      Release release = Release.current();
      Policy policy =
          Policies.of(
              node,
              document.config(),
              document.config().failover().arbiter(),
              Optional.empty(),
              members,
              release);

      Consumer<Throwable> broke =
          bug -> {
            LOG.error("a thread of the daemon broke, this is a bug: ends the process", bug);
            end.run();
          };
      var inbox = new Inbox();
      var store = new FileNodeStore(state);
      var journal = keep(new Journal(state));
      var bulletin = new Bulletin();
      var book = new PeerBook(clock);
      var greeting = new Greeting(identity, node.name(), release, members);
      var connector = new PeerConnector(new Dialer(identity, dialLimit(policy)), greeting);
      var operations = new Operations(clock, bulletin::changed);
      var calls =
          new PeerCalls(new PeerConnector(new Dialer(identity, callLimit(policy)), greeting));
      this.documents =
          new Documents(
              ConfigReader.clusterFile(nodeFile),
              node,
              document,
              new DocumentStore(state),
              members,
              calls,
              book,
              clock);

      var engine = new SyncEngine(state, document.config().datasets(), node.name(), clock);
      var sync =
          keep(
              new SyncDriver(
                  engine,
                  document.config().datasets(),
                  clock,
                  source -> new MemberStreams(connector, member(members, source), Purpose.SYNC),
                  pullOptions(state),
                  new QuestionStore(state),
                  new SyncNews(inbox, journal, bulletin)));
      var resources =
          ResourceSet.of(
              document.config().resources(),
              new Surroundings(document.config().name(), node.name(), state),
              clock);
      var driver = keep(new ResourceDriver(resources, inbox, clock, broke));
      var keeper = keep(new MandateKeeper(driver, clock, policy.timing().lease(), broke));
      driver.keptBy(keeper);
      var lookout =
          keep(
              new Lookout(
                  Lookout.connectivity(document.config()),
                  Lookout.service(document.config()),
                  inbox,
                  clock,
                  driver::foundSilent));
      var heartbeats =
          keep(
              new Heartbeats(
                  identity,
                  members.cluster(),
                  connector,
                  node.links(),
                  node.listen().port(),
                  policy.timing().interval(),
                  policy.timing().leaseElsewhere(),
                  clock,
                  new Hearing(book, inbox)));
      Optional<Asking> asking = store(document.config(), inbox);
      var speaker = new Speaker(heartbeats, clock, documents::hashInForce, sync::copiesFrom);
      var fence =
          keep(new FenceCommand(() -> documents.config().failover().fence(), node.name(), inbox));
      var effects =
          new Effects(
              clock,
              speaker,
              keeper,
              driver,
              lookout,
              asking,
              fence,
              sync,
              operations,
              journal,
              bulletin,
              supervisor,
              end);
      Pins pins = Pins.load(state, clock);
      pins.current().ifPresent(_ -> driver.adopting());
      Durable durable = remembered(store, clock);
      long life = new SecureRandom().nextLong();
      this.loop =
          keep(
              new Loop(
                  new Failover(policy),
                  at ->
                      State.booted(
                          policy,
                          durable,
                          sync.standing(),
                          at,
                          life,
                          pins.current().map(Pins.Pin::until)),
                  inbox,
                  store,
                  clock,
                  Policies.tick(policy),
                  effects));
      sync.choosingBy(new Cascade(() -> loop.failover().policy(), loop::state, clock));
      var diary = new Diary(loop, journal, bulletin, clock);
      this.reconfiguration =
          new Reconfiguration(
              node,
              documents,
              members,
              release,
              loop,
              keeper,
              lookout,
              sync,
              driver,
              heartbeats,
              diary,
              clock);
      documents.appliedBy(reconfiguration);
      var histories = new Histories(node.name(), journal, calls, members, reconfiguration, book);
      var drills =
          new Drills(
              loop,
              operations,
              new DrillStore(state),
              members,
              calls,
              heartbeats.links(),
              diary,
              clock);
      var services =
          new ServiceCare(loop, inbox, operations, driver, diary, new HoldStore(state), clock);
      var actions =
          new Actions(
              loop,
              inbox,
              operations,
              sync,
              calls,
              members,
              documents,
              histories,
              drills,
              services,
              diary,
              driver,
              pins,
              clock);
      this.departure = new Departure(loop, actions, pins, driver, keeper, supervisor, clock);
      var care =
          keep(
              new Care(
                  loop,
                  inbox,
                  operations,
                  driver,
                  sync,
                  heartbeats.links(),
                  book,
                  state,
                  documents,
                  reconfiguration,
                  services,
                  actions.pinning(),
                  clock,
                  new Seating(members, loop, heartbeats.links(), book, reconfiguration)::look,
                  new OwnerCare(documents, members, calls, node.designation(), clock)));
      var look = new DataLook(node.name(), engine, sync, journal);
      var salvage = new SalvageStreams(connector);
      var verifying = new Verifying(node.name(), engine, sync, operations, calls, members, look);
      var deeds =
          new DataDeeds(
              node.name(),
              engine,
              sync,
              actions,
              operations,
              calls,
              salvage,
              new OwnPlaces(List.of(state, nodeFile.toAbsolutePath().resolveSibling(""))),
              members,
              verifying,
              loop,
              journal,
              clock);
      var data = new DataDesk(node.name(), look, deeds, calls, members, clock);
      calls.answering(data);
      this.front =
          new Front(
              documents::config,
              loop,
              actions,
              sync,
              data,
              care,
              heartbeats.links(),
              book,
              journal,
              bulletin,
              new Explanations(histories, clock),
              drills,
              clock);
      var gathering =
          keep(
              new Gathering(
                  sync,
                  () -> actions.holdsMandate() ? actions.heard(false) : Optional.empty(),
                  standby -> new MemberStreams(connector, standby, Purpose.VERIFIED),
                  clock));
      var scrubs =
          keep(
              new Scrubs(
                  document.config().datasets(),
                  clock,
                  dataset -> verifying.scheduled(dataset, deeds)));
      var desk =
          new PairingDesk(
              new DeskParts(
                  node.name(),
                  node.designation(),
                  identity,
                  release,
                  members,
                  () -> OwnAddresses.of(node, node.listen().port()),
                  ConfigReader.clusterFile(configuration.nodeFile()),
                  node.variables(),
                  Users.file(state),
                  state,
                  callLimit(policy),
                  clock,
                  new Relationship(reconfiguration::membersChanged)));
      keep(new Reminders(desk::catchUp)).start();
      drills.of(new Drills.Cluster(actions, desk, care));
      var door =
          new PeerDoor(
              loop, heartbeats, engine, sync, calls, actions, desk::acceptMember, salvage, release);
      var server =
          keep(
              new ApiServer(
                  new ApiParts(
                      node,
                      identity,
                      greeting,
                      front,
                      door,
                      desk::acceptStranger,
                      new PairingOverApi(
                          desk, new Retirement(loop, members, reconfiguration::isHeard, clock)),
                      data,
                      documents,
                      new Users(state),
                      clock)));

      driver.ensureGate();
      if (pins.current().isEmpty()) {
        driver.fence(); // before this node says that it is passive
      }
      server.start();
      members.peers().forEach(heartbeats::meet);
      keeper.start();
      sync.start();
      asking.ifPresent(Asking::start);
      scrubs.start();
      gathering.start();
      loop.start();
      care.start();
      boolean stores = node.designation() != Designation.WITNESS;
      // Nobody who held the mandate later has newer data, also of a dataset that was added since.
      if (stores && (policy.peers().isEmpty() || durable.reignedLast())) {
        sync.captureFirst(durable.reign());
      }
      supervisor.ready("node " + node.name() + " of " + document.config().name());
      LOG.info(
          "node {} of cluster {} is up, release {}",
          node.name(),
          document.config().name(),
          release);
    } catch (IOException | SQLException failed) {
      close();
      throw new StartException("the daemon cannot start: " + failed.getMessage(), failed);
    } catch (StartException | RuntimeException failed) {
      close();
      throw failed;
    }
  }

  private Optional<Asking> store(ClusterConfig config, Inbox inbox) throws IOException {
    if (!(config.failover().arbiter() instanceof ArbiterConfig.Lease lease)) {
      return Optional.empty();
    }
    Store store = Stores.open(lease.store(), config.name(), lease.roundTrip());
    return Optional.of(keep(new Asking(store, clock, inbox::post)));
  }

  /** Takes a node into the cluster. */
  void meet(Member member) throws IOException {
    reconfiguration.meet(member);
  }

  /** Takes a node out of the cluster. */
  void part(NodeName name) throws IOException {
    reconfiguration.part(name);
  }

  /** Reads the configuration files again; with mistakes in them everything stays as it was. */
  public void reload() {
    documents.reload(nodeFile);
  }

  /** The cluster document, as the API shows and changes it. */
  public DocumentCalls documents() {
    return documents;
  }

  /** What the API shows of this node. */
  public ServedNode front() {
    return front;
  }

  /**
   * Before the process ends on purpose: a switchover or start that is under way comes to its end;
   * then what is pinned stays as it is; else the role goes to a standby that can take it; without
   * one, under a supervisor that will start it again, the service is pinned; else it stops in
   * order. The log says which, and what had not ended. Blocks at most {@code within}, whose last
   * part, {@code stop-within} but no more than half, is kept for the service to stop in.
   */
  public void handOver(Duration within) throws InterruptedException {
    departure.handOver(within);
  }

  private static String inNoCluster() {
    return "this node is in no cluster; on the machine that has the data: understudy init, on the"
        + " other: understudy pair join";
  }

  private <T extends AutoCloseable> T keep(T part) {
    open.push(part);
    return part;
  }

  private static Duration dialLimit(Policy policy) {
    Duration suspicion = policy.timing().suspicion();
    return suspicion.compareTo(SHORTEST_DIAL) < 0 ? SHORTEST_DIAL : suspicion;
  }

  private static Duration callLimit(Policy policy) {
    Duration limit = dialLimit(policy);
    return limit.compareTo(LONGEST_DIAL_FOR_A_CALL) > 0 ? LONGEST_DIAL_FOR_A_CALL : limit;
  }

  private static Member member(Members members, NodeName name) {
    return members
        .named(name)
        .orElseThrow(() -> new IllegalStateException(name + " is followed but no member"));
  }

  private static PullOptions pullOptions(Path state) {
    boolean consented = Consent.isGiven(state);
    return consented ? PullOptions.USUAL.withConsent() : PullOptions.USUAL;
  }

  private static Durable remembered(FileNodeStore store, Clock clock) throws IOException {
    return switch (store.load()) {
      case Remembered.Nothing _ -> Durable.FRESH;
      case Remembered.Everything(Durable durable) -> durable;
      case Remembered.Damaged(String why) -> {
        Path aside = store.setAside(clock.wall().toEpochMilli());
        LOG.error("{}; set aside as {}: this node asks the others before it acts", why, aside);
        yield Durable.FRESH;
      }
    };
  }

  /** Ends in order what was begun, newest first. What the mandate holds up lapses by itself. */
  @Override
  public void close() {
    supervisor.stopping("ends");
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception failed) {
        LOG.warn("closing: {}", failed.toString());
      }
    }
  }
}
