package understudy.wire;

import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import understudy.failover.NodeName;

/**
 * The cluster as this node knows it: its secret and the other nodes with their pinned certificates.
 * Trust is exactly this list; there is no certificate authority. Kept in {@code members.json} (mode
 * 0600), written whole; a change counts only after it is on disk. Safe from any thread.
 */
public final class Members {
  /** More than any topology of ours needs. */
  private static final int MOST_PEERS = 8;

  private static final long LARGEST_FILE_BYTES = 1024 * 1024;
  private static final String FILE = "members.json";
  private static final JsonType<MembersDocument> JSON =
      Jsonb.instance().type(MembersDocument.class);

  private final Path file;
  private volatile Snapshot now;

  /** One consistent view. */
  private record Snapshot(ClusterSecret cluster, List<Member> peers, Optional<NodeName> newcomer) {
    Snapshot(ClusterSecret cluster, List<Member> peers) {
      this(cluster, peers, Optional.empty());
    }
  }

  private Members(Path file, Snapshot now) {
    this.file = file;
    this.now = now;
  }

  public static Path file(Path state) {
    return state.resolve(FILE);
  }

  /** Writes a new list; the caller has made sure that none is overwritten by mistake. */
  public static Members create(Path state, ClusterSecret cluster, List<Member> peers)
      throws IOException {
    Members members = new Members(file(state), new Snapshot(cluster, List.of()));
    members.replace(cluster, peers);
    return members;
  }

  /** Empty when this machine was never initialised; throws when the file cannot be understood. */
  public static Optional<Members> load(Path state) throws IOException {
    Path file = file(state);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    if (Files.size(file) > LARGEST_FILE_BYTES) {
      throw new IOException(file + " is larger than " + LARGEST_FILE_BYTES + " bytes");
    }
    try {
      MembersDocument document = ReceivedJson.read(JSON, Files.readAllBytes(file));
      return Optional.of(
          new Members(
              file,
              new Snapshot(
                  ClusterSecret.of(document.cluster(), document.secret()),
                  document.peers().stream().map(MembersDocument.Row::member).toList(),
                  Optional.ofNullable(document.newcomer()).map(NodeName::new))));
    } catch (IOException | IllegalArgumentException damaged) {
      throw new IOException(
          "the member list in " + file + " is damaged: restore it, or pair this node anew",
          damaged);
    }
  }

  public ClusterSecret cluster() {
    return now.cluster();
  }

  /** The other nodes, in the order in which they joined. */
  public List<Member> peers() {
    return now.peers();
  }

  public Optional<Member> named(NodeName name) {
    return now.peers().stream().filter(peer -> peer.name().equals(name)).findFirst();
  }

  /** The node that this certificate was pinned for. */
  public Optional<Member> presenting(X509Certificate certificate) {
    return now.peers().stream().filter(peer -> peer.certificate().equals(certificate)).findFirst();
  }

  /**
   * The member that joined last and was not heard yet: it does not count as a voter. At most one,
   * so that any two members' ideas of a majority share a voter.
   */
  public Optional<NodeName> newcomer() {
    return now.newcomer();
  }

  /** Adds a node, or replaces the one of the same name. */
  public synchronized void add(Member member) throws IOException {
    replace(now.cluster(), with(member), now.newcomer());
  }

  /** Adds a node that has just joined and does not run yet. */
  public synchronized void admit(Member member) throws IOException {
    if (now.newcomer().filter(name -> !name.equals(member.name())).isPresent()) {
      throw new IOException("wait for " + now.newcomer().get() + ", which joined before, to run");
    }
    replace(now.cluster(), with(member), Optional.of(member.name()));
  }

  /** The newcomer is heard. */
  public synchronized void seat() throws IOException {
    replace(now.cluster(), now.peers(), Optional.empty());
  }

  private List<Member> with(Member member) {
    List<Member> peers = new ArrayList<>(now.peers());
    peers.removeIf(peer -> peer.name().equals(member.name()));
    peers.add(member);
    return peers;
  }

  /** Removes a node; nothing happens when it is not there. */
  public synchronized void remove(NodeName name) throws IOException {
    List<Member> peers = new ArrayList<>(now.peers());
    if (peers.removeIf(peer -> peer.name().equals(name))) {
      replace(now.cluster(), peers, now.newcomer().filter(other -> !other.equals(name)));
    }
  }

  /** Forgets all nodes and takes a new secret, so that no former peer is ever understood again. */
  public synchronized void leave() throws IOException {
    replace(ClusterSecret.random(), List.of());
  }

  private synchronized void replace(ClusterSecret cluster, List<Member> peers) throws IOException {
    replace(cluster, peers, Optional.empty());
  }

  private synchronized void replace(
      ClusterSecret cluster, List<Member> peers, Optional<NodeName> newcomer) throws IOException {
    if (peers.size() > MOST_PEERS) {
      throw new IOException("a cluster has at most " + MOST_PEERS + " other nodes");
    }
    String text =
        JSON.toJsonPretty(
            new MembersDocument(
                cluster.id(),
                cluster.exported(),
                peers.stream().map(MembersDocument.Row::of).toList(),
                newcomer.map(NodeName::value).orElse(null)));
    DurableFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    now = new Snapshot(cluster, List.copyOf(peers), newcomer);
  }
}
