package understudy.demo;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import understudy.demo.lab.Client;
import understudy.demo.lab.LabException;
import understudy.demo.lab.MovableClock;
import understudy.demo.lab.SmallDisk;

/**
 * A {@link Network} for breaking: beside each node stands a host that is always on its side of a
 * cut, each node has a disk of its own that can be filled, and a wall clock that can be moved.
 * There may be a host that only votes; then the arbiter is {@code majority}, else {@code peer}.
 */
final class FaultGround implements Ground {
  private static final int DISK_MEBIBYTES = 256;
  private static final String WITNESS = "witness";
  private static final Map<String, String> NEIGHBOURS = Map.of("alpha", "east", "beta", "west");

  private final Network network;
  private final boolean hasWitness;
  private final Map<String, SmallDisk> disks = new LinkedHashMap<>();
  private final Map<String, MovableClock> clocks = new LinkedHashMap<>();

  private FaultGround(Network network, boolean hasWitness) {
    this.network = network;
    this.hasWitness = hasWitness;
  }

  static FaultGround open() throws LabException {
    return new FaultGround(Network.openWith(List.of("east", "west")), false);
  }

  /** With a host for a witness, which is not enrolled yet. */
  static FaultGround openWithWitness() throws LabException {
    return new FaultGround(Network.openWith(List.of("east", "west", WITNESS)), true);
  }

  boolean hasWitness() {
    return hasWitness;
  }

  /** Enrols the witness, if there is one; returns once its vote counts. */
  void enrolWitness(Pair pair) throws DemoException, InterruptedException {
    if (hasWitness) {
      pair.enrolWitness(WITNESS);
    }
  }

  Network network() {
    return network;
  }

  /** The host that stays on this node's side of every cut. */
  String neighbour(String node) {
    return Optional.ofNullable(NEIGHBOURS.get(node)).orElseThrow();
  }

  SmallDisk disk(String node) {
    return Optional.ofNullable(disks.get(node)).orElseThrow();
  }

  /** Empty where libfaketime is not installed. */
  Optional<MovableClock> clock(String node) {
    return Optional.ofNullable(clocks.get(node));
  }

  /** Has each node watched from its own side, too. */
  void watchBothSides(Client client) throws LabException {
    for (String node : NODES) {
      InetSocketAddress service = Optional.ofNullable(ownServices().get(node)).orElseThrow();
      client.askFrom(node, service, command -> network.hosts().inside(neighbour(node), command));
    }
  }

  /** Everything is as it was in the beginning. */
  void heal() throws LabException {
    network.heal();
    for (SmallDisk disk : disks.values()) {
      disk.free();
    }
    for (MovableClock clock : clocks.values()) {
      clock.move(Duration.ZERO);
    }
  }

  @Override
  public void furnish(String node, Path home) throws LabException {
    disks.put(node, SmallDisk.mount(home, DISK_MEBIBYTES));
    Path offset = home.resolveSibling(node + ".clock");
    Optional<MovableClock> clock = MovableClock.make(offset);
    if (clock.isPresent()) {
      clocks.put(node, clock.get());
    }
  }

  @Override
  public List<String> inside(String node, List<String> command) {
    return network.inside(node, clock(node).map(it -> it.by(command)).orElse(command));
  }

  @Override
  public List<String> outside(List<String> command) {
    return network.outside(command);
  }

  @Override
  public Site site(String node) {
    return network.site(node);
  }

  @Override
  public String failover() {
    return network.failover() + (hasWitness ? "  arbiter: majority\n" : "");
  }

  @Override
  public String resources() {
    return network.resources();
  }

  @Override
  public InetSocketAddress service() {
    return network.service();
  }

  @Override
  public Map<String, InetSocketAddress> ownServices() {
    return network.ownServices();
  }

  @Override
  public void close() throws LabException {
    network.close();
    for (SmallDisk disk : disks.values()) {
      disk.close();
    }
  }
}
