package understudy.pairing;

import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.Endpoint;
import understudy.failover.NodeName;
import understudy.wire.Dialer;
import understudy.wire.Greeting;
import understudy.wire.Member;
import understudy.wire.MembersDocument;
import understudy.wire.PeerConnection;
import understudy.wire.PeerConnector;
import understudy.wire.PeerStream;
import understudy.wire.Purpose;
import understudy.wire.Reach;

/**
 * The running node's side of every change of the relationship: gives out invites, lets machines in,
 * tests the ways, and ends it. Safe from any thread.
 */
public final class PairingDesk {
  private static final Logger LOG = LoggerFactory.getLogger(PairingDesk.class);
  private static final String TEST_BACK = "test-back";
  private static final String LEAVE = "leave";
  private static final String REMOVED = "removed";

  private final DeskParts parts;
  private final Invites invites;
  private final Introductions introductions;
  private final Admission admission;
  private final PeerConnector connector;
  private final Revocations revocations;

  public PairingDesk(DeskParts parts) {
    this.parts = parts;
    this.invites = new Invites(parts.clock());
    this.connector =
        new PeerConnector(
            new Dialer(parts.identity(), parts.limit()),
            new Greeting(parts.identity(), parts.name(), parts.release(), parts.members()));
    this.revocations = new Revocations(parts.state());
    this.introductions = new Introductions(parts, connector, revocations);
    this.admission = new Admission(parts, invites, introductions);
  }

  /** A one-time invite. Throws {@link IllegalArgumentException} when we have no address to name. */
  public Invite invite() {
    Invite invite =
        invites.give(
            parts.identity().fingerprint(),
            parts.members().cluster().id(),
            parts.addresses().get());
    LOG.info("gave out {}, good until {}", invite, invite.expires());
    return invite;
  }

  /**
   * Serves a machine that wants to join ({@link understudy.wire.StrangerAcceptor}); blocks until it
   * is in or was refused.
   */
  public void acceptStranger(X509Certificate certificate, PeerStream stream) throws IOException {
    admission.admit(certificate, stream);
  }

  /** Serves a member's stream of {@link Purpose#PAIRING}; blocks for some seconds at most. */
  public void acceptMember(PeerConnection connection) throws IOException {
    PeerStream stream = connection.stream();
    stream.limitReads(parts.limit());
    Messages.Order order = Messages.receive(stream, Messages.Order.class);
    switch (order.what()) {
      case Introductions.ENTER, Introductions.EXPEL ->
          Messages.send(stream, Messages.Done.class, introductions.obey(connection.peer(), order));
      case TEST_BACK ->
          Messages.send(
              stream, Messages.Tested.class, new Messages.Tested(reach(connection.peer())));
      case LEAVE -> {
        parts.members().remove(connection.peer().name());
        LOG.warn("{} left the cluster", connection.peer().name());
        parts.listener().left(connection.peer().name());
        Messages.send(stream, Messages.Done.class, new Messages.Done(null));
      }
      case REMOVED -> {
        LOG.warn("{} removed this node from the cluster", connection.peer().name());
        forgetAll();
        Messages.send(stream, Messages.Done.class, new Messages.Done(null));
      }
      default -> LOG.warn("{} sent an unknown order", connection.peer().name());
    }
  }

  /**
   * Revokes a node: its certificate is refused from now on, here and on the other members. The node
   * itself is told when it can be, so that it serves nothing by itself. One at a time: throws
   * {@link IllegalArgumentException} while a member does not know of the removal before, unless it
   * is the one to go. Blocks for some seconds.
   */
  public Left remove(NodeName name) throws IOException {
    Member gone =
        parts
            .members()
            .named(name)
            .orElseThrow(() -> new IllegalArgumentException("there is no node " + name));
    Optional<Revocations.Owed> owed = tellOwed();
    if (owed.isPresent() && !owed.get().isOwedOnlyTo(name)) {
      throw new IllegalArgumentException(
          "one change at a time: " + owed.get().sentence() + "; it is told once it runs");
    }
    List<String> steps = new ArrayList<>();
    String untold = tell(gone, REMOVED);
    parts.members().remove(name);
    LOG.warn(
        "{} is no member any more, its certificate {} is refused",
        name,
        gone.fingerprint().brief());
    parts.listener().left(name);
    steps.add(
        "the identity of "
            + name
            + " ("
            + gone.fingerprint().brief()
            + ") is revoked: refused here");
    steps.add(
        untold.isEmpty()
            ? name + " knows that it is on its own; its data stays there"
            : name + " could not be told (" + untold + "): never switch it on beside this cluster");
    List<String> deaf = new ArrayList<>();
    for (Member peer : parts.members().peers()) {
      String trouble = introductions.expel(peer, gone).orElse("");
      if (!trouble.isEmpty()) {
        deaf.add(peer.name().value());
      }
      steps.add(
          trouble.isEmpty()
              ? "refused on " + peer.name() + ", too"
              : peer.name() + " could not be told (" + trouble + "): it is told once it runs");
    }
    revocations.owe(MembersDocument.Row.of(gone), deaf);
    return new Left(deaf.isEmpty(), steps);
  }

  /** Tells those who do not know of the last removal yet. Blocks for some seconds. */
  public void catchUp() throws IOException {
    tellOwed().ifPresent(owed -> LOG.debug("{}", owed.sentence()));
  }

  /** Tells those who do not know of the last removal; empty: all do. Blocks for some seconds. */
  Optional<Revocations.Owed> tellOwed() throws IOException {
    Optional<Revocations.Owed> owed = revocations.owed();
    if (owed.isEmpty()) {
      return owed;
    }
    Member gone = owed.get().gone().member();
    List<String> deaf = new ArrayList<>();
    for (String name : owed.get().untold()) {
      Optional<Member> peer = parts.members().named(new NodeName(name));
      if (peer.isPresent() && introductions.expel(peer.get(), gone).isPresent()) {
        deaf.add(name);
      }
    }
    revocations.owe(owed.get().gone(), deaf);
    return deaf.isEmpty()
        ? Optional.empty()
        : Optional.of(new Revocations.Owed(owed.get().gone(), deaf));
  }

  /** Tries every address of every peer, and has every peer try ours. */
  public List<ReachRow> test() {
    List<Callable<List<ReachRow>>> tries = new ArrayList<>();
    for (Member peer : parts.members().peers()) {
      tries.add(() -> reach(peer));
      tries.add(() -> reachBack(peer));
    }
    List<ReachRow> rows = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<List<ReachRow>> done : threads.invokeAll(tries)) {
        rows.addAll(done.get());
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException ourMistake) {
      throw new IllegalStateException("a connection test failed", ourMistake);
    }
    return rows;
  }

  private List<ReachRow> reach(Member peer) {
    List<ReachRow> rows = new ArrayList<>();
    for (Endpoint at : peer.addresses()) {
      Reach reach = connector.connect(peer, at, Purpose.PAIRING);
      if (reach instanceof Reach.Reached reached) {
        reached.connection().close();
      }
      rows.add(ReachRow.of(parts.name().value(), peer.name().value(), reach));
    }
    return rows;
  }

  private List<ReachRow> reachBack(Member peer) {
    Reach reach = connector.connect(peer, Purpose.PAIRING);
    if (reach instanceof Reach.Reached reached) {
      try (PeerConnection connection = reached.connection()) {
        connection.stream().limitReads(parts.limit().multipliedBy(4));
        Messages.send(connection.stream(), Messages.Order.class, new Messages.Order(TEST_BACK));
        return Messages.receive(connection.stream(), Messages.Tested.class).rows();
      } catch (IOException broken) {
        return List.of(notChecked(peer, "it did not answer: " + broken.getMessage()));
      }
    }
    return List.of(notChecked(peer, "it was not reached, so it could not be asked"));
  }

  private ReachRow notChecked(Member peer, String why) {
    return new ReachRow(peer.name().value(), parts.name().value(), "", "not checked", why);
  }

  /** What leaving would make of each side, in words. */
  public List<String> whatLeavingMeans() {
    List<String> lines = new ArrayList<>();
    lines.add(
        parts.name()
            + " becomes standalone: it keeps its data and its role, nothing takes over from it,"
            + " and it forgets the cluster's secret");
    for (Member peer : parts.members().peers()) {
      lines.add(
          peer.name()
              + " stays as it is, without "
              + parts.name()
              + ": the data copied so far stays there, no more is copied");
    }
    return lines;
  }

  /**
   * Tells every peer, then forgets all of them and the secret. Blocks for some seconds at most.
   *
   * @return what was done; a line per peer that could not be told
   */
  public Left leave() throws IOException {
    List<String> steps = new ArrayList<>();
    List<Member> peers = parts.members().peers();
    boolean allTold = true;
    for (Member peer : peers) {
      String trouble = tell(peer, LEAVE);
      allTold &= trouble.isEmpty();
      steps.add(
          trouble.isEmpty()
              ? peer.name() + " knows that " + parts.name() + " left; its data stays"
              : peer.name()
                  + " could not be told ("
                  + trouble
                  + "): run understudy pair leave there, too");
    }
    forgetAll();
    steps.add(parts.name() + " is standalone now; its data stays");
    return new Left(allTold, steps);
  }

  private void forgetAll() throws IOException {
    List<Member> peers = parts.members().peers();
    parts.members().leave();
    LOG.warn("this node is in no cluster any more: it is standalone now");
    peers.forEach(peer -> parts.listener().left(peer.name()));
  }

  /** What came of leaving. */
  public record Left(boolean allTold, List<String> steps) {}

  private String tell(Member peer, String order) {
    Reach reach = connector.connect(peer, Purpose.PAIRING);
    if (!(reach instanceof Reach.Reached reached)) {
      return reach.sentence();
    }
    try (PeerConnection connection = reached.connection()) {
      connection.stream().limitReads(parts.limit());
      Messages.send(connection.stream(), Messages.Order.class, new Messages.Order(order));
      Messages.receive(connection.stream(), Messages.Done.class);
      return "";
    } catch (IOException broken) {
      return String.valueOf(broken.getMessage());
    }
  }
}
