package understudy.heartbeat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.failover.NodeName;
import understudy.time.Clock;
import understudy.wire.ClusterSecret;
import understudy.wire.DatagramOpen;
import understudy.wire.DatagramSeal;
import understudy.wire.Frames;
import understudy.wire.HeartbeatBytes;
import understudy.wire.HeartbeatBytes.Spoken;
import understudy.wire.HeartbeatKeys;
import understudy.wire.Identity;
import understudy.wire.Member;
import understudy.wire.PeerConnection;
import understudy.wire.PeerConnector;

/**
 * Says "I am here" to every peer on every link, and tells who was heard. Links are our own
 * addresses, each paired with the peer's address at the same place in its list, by UDP; and one TLS
 * stream beside them.
 *
 * <p>A datagram counts as heard only when its sender echoes this process's session: it then comes
 * from a peer that is alive and hears us now, not from a recording.
 */
public final class Heartbeats implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeats.class);
  private static final int LARGEST_FRAME_BYTES = HeartbeatBytes.LARGEST_BYTES;

  private final Identity identity;
  private final ClusterSecret secret;
  private final PeerConnector connector;
  private final Duration retry;
  private volatile Duration patience;
  private final Clock clock;
  private final Ear ear;
  private final Links links;
  private final List<DatagramLink> own = new ArrayList<>();
  private final Map<NodeName, Peer> peers = new ConcurrentHashMap<>();
  private volatile Optional<byte[]> latest = Optional.empty();

  /**
   * A peer with the keys and links that lead to it.
   *
   * @param targets its address for each of our links, resolved once: no name server stands in the
   *     way of a heartbeat
   */
  private record Peer(
      Member member,
      List<InetSocketAddress> targets,
      DatagramSeal seal,
      DatagramOpen open,
      Order order,
      StreamLink stream) {}

  /**
   * Binds the links and begins to listen.
   *
   * @param hosts our own addresses
   * @param port the UDP port, the same number as the TLS port
   * @param retry pause before a broken stream is opened again
   * @param patience another life of a peer is heard when the known one was silent for so long
   */
  public Heartbeats(
      Identity identity,
      ClusterSecret secret,
      PeerConnector connector,
      List<String> hosts,
      int port,
      Duration retry,
      Duration patience,
      Clock clock,
      Ear ear)
      throws IOException {
    this.identity = identity;
    this.secret = secret;
    this.connector = connector;
    this.retry = retry;
    this.patience = patience;
    this.clock = clock;
    this.ear = ear;
    this.links = new Links(clock);
    try {
      for (String host : hosts) {
        own.add(new DatagramLink(host, port, datagram -> open(datagram, host)));
      }
    } catch (IOException taken) {
      own.forEach(DatagramLink::close);
      throw taken;
    }
    own.forEach(DatagramLink::start);
  }

  /** From now on another life of a peer is heard when the known one was silent for so long. */
  public void waitFor(Duration changed) {
    patience = changed;
  }

  /** Begins to speak with a peer; a peer met before is forgotten first. */
  public void meet(Member member) {
    forget(member.name());
    var keys = new HeartbeatKeys(identity, member, secret);
    var seal = new DatagramSeal(keys);
    var stream = new StreamLink(member, connector, retry);
    var peer =
        new Peer(
            member,
            targets(member),
            seal,
            new DatagramOpen(keys, seal),
            new Order(() -> patience),
            stream);
    own.forEach(link -> links.expect(member.name(), link.name()));
    links.expect(member.name(), "tls");
    peers.put(member.name(), peer);
    peer.stream().start();
  }

  public void forget(NodeName name) {
    Peer gone = peers.remove(name);
    if (gone != null) {
      gone.stream().close();
      links.forget(name);
    }
  }

  /** Whom this node speaks with. */
  public Set<NodeName> met() {
    return Set.copyOf(peers.keySet());
  }

  public Links links() {
    return links;
  }

  /** Sends to every peer on every link. Does not wait for anybody. */
  public void speak(Spoken spoken) {
    byte[] payload = HeartbeatBytes.write(spoken);
    latest = Optional.of(payload);
    for (Peer peer : peers.values()) {
      sendDatagrams(peer, payload);
      peer.stream().send(payload);
    }
  }

  private void sendDatagrams(Peer peer, byte[] payload) {
    byte[] echo = peer.open().lastSession();
    for (int i = 0; i < own.size(); i++) {
      // Each link gets a datagram of its own: a copy would be taken for a replay.
      own.get(i).send(peer.seal().seal(payload, echo), peer.targets().get(i));
    }
  }

  private List<InetSocketAddress> targets(Member member) {
    List<String> hosts =
        member.links().isEmpty() ? List.of(member.addresses().getFirst().host()) : member.links();
    int port = member.addresses().getFirst().port();
    var targets = new ArrayList<InetSocketAddress>();
    for (int i = 0; i < own.size(); i++) {
      targets.add(new InetSocketAddress(hosts.get(i % hosts.size()), port));
    }
    return List.copyOf(targets);
  }

  private void open(byte[] datagram, String link) {
    for (Peer peer : peers.values()) {
      var opened = peer.open().open(datagram);
      if (opened.isPresent()) {
        byte[] payload = new byte[opened.get().payload().remaining()];
        opened.get().payload().get(payload);
        if (opened.get().isAnswer()) {
          tell(peer.member(), payload, link);
        } else {
          // Its sender has not heard this process yet: speak at once, so that it can answer.
          latest.ifPresent(ours -> sendDatagrams(peer, ours));
        }
        return;
      }
    }
  }

  private void tell(Member sender, byte[] payload, String link) {
    try {
      Spoken spoken = HeartbeatBytes.read(payload);
      if (!spoken.heartbeat().from().equals(sender.name())) {
        throw new IOException("speaks as " + spoken.heartbeat().from());
      }
      Peer peer = peers.get(sender.name());
      if (peer == null) {
        return;
      }
      boolean mayServe = spoken.heartbeat().mayServe();
      switch (peer.order().hear(spoken.life(), spoken.sequence(), mayServe, clock.now())) {
        case NEW -> {
          links.heard(sender.name(), link);
          ear.heard(spoken, link);
        }
        case GLIMPSE -> {
          links.heard(sender.name(), link);
          ear.glimpsed(sender.name());
        }
        case OLD -> links.heard(sender.name(), link);
        case TWIN -> complain(sender.name(), Complaint.twin(clock.now(), link));
      }
    } catch (IOException malformed) {
      String trouble = "heartbeat on link " + link + " refused: " + malformed.getMessage();
      complain(sender.name(), Complaint.malformed(clock.now(), trouble));
    }
  }

  private void complain(NodeName peer, Complaint complaint) {
    if (links.complain(peer, complaint)) {
      LOG.error("{}: {}; {}", peer, complaint.what(), complaint.fix());
    }
  }

  /** Serves the heartbeat stream that a peer opened, until it ends. Blocks. */
  public void listen(PeerConnection connection) throws IOException {
    while (peers.containsKey(connection.peer().name())) {
      byte[] payload = Frames.read(connection.in(), LARGEST_FRAME_BYTES);
      tell(connection.peer(), payload, "tls");
    }
  }

  @Override
  public void close() {
    List.copyOf(peers.keySet()).forEach(this::forget);
    own.forEach(DatagramLink::close);
  }
}
