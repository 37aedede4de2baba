package understudy.resource.address;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.config.ResourceConfig;
import understudy.linux.AddressTable;
import understudy.linux.AddressTable.Entry;
import understudy.linux.AddressTable.Link;
import understudy.linux.NeighbourTable;
import understudy.linux.SystemCallException;
import understudy.resource.Readiness;

/** The place of one shared address in the kernel's tables. Safe from any thread. */
final class AddressSlot {
  private final ResourceConfig.SharedIp config;
  private @Nullable Tables tables;

  private record Tables(AddressTable addresses, NeighbourTable neighbours) {}

  AddressSlot(ResourceConfig.SharedIp config) {
    this.config = config;
  }

  /** How the address is called in messages. */
  String text() {
    return config.address().getHostAddress() + "/" + config.prefix();
  }

  Optional<Link> link() throws IOException {
    return table().link(config.networkInterface());
  }

  /** The address on its link, whoever put it there. */
  Optional<Entry> present(Link link) throws IOException {
    return table().find(config.address()).stream()
        .filter(entry -> entry.linkIndex() == link.index())
        .findFirst();
  }

  /** The address on another link of this machine. */
  Optional<Entry> elsewhere(Link link) throws IOException {
    return table().find(config.address()).stream()
        .filter(entry -> entry.linkIndex() != link.index())
        .findFirst();
  }

  /** The kernel's questions that were lost while the link was down are asked again at once. */
  void askNeighboursAnew(Link link) throws IOException {
    tables().neighbours().forgetUnanswered(link);
  }

  /** Adds or prolongs the address for {@code life}, rounded up to whole seconds, at least one. */
  void put(Link link, int prefix, boolean isPrefixRouted, Duration life) throws IOException {
    long seconds = Math.clamp(life.plusNanos(999_999_999).toSeconds(), 1, Integer.MAX_VALUE);
    table().put(link, config.address(), prefix, (int) seconds, isPrefixRouted);
  }

  void delete(Link link, int prefix) throws IOException {
    table().delete(link, config.address(), prefix);
  }

  /** Another address on the link brings the route of the prefix; ours must not end it. */
  boolean isPrefixRouted(Link link, int prefix) throws IOException {
    return table().addresses().stream()
        .anyMatch(
            entry ->
                entry.linkIndex() == link.index()
                    && entry.prefix() == prefix
                    && !entry.address().equals(config.address())
                    && isSamePrefix(entry.address(), config.address(), prefix));
  }

  private static boolean isSamePrefix(InetAddress one, InetAddress other, int prefix) {
    byte[] bytes = one.getAddress();
    byte[] others = other.getAddress();
    if (bytes.length != others.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((bytes[bit / 8] & mask) != (others[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  /** Whether this machine could hold the address. */
  Readiness readiness() {
    String name = "shared IP " + text();
    try {
      Optional<Link> link = link();
      if (link.isEmpty()) {
        return Readiness.fail(
            name,
            "interface " + config.networkInterface() + " does not exist",
            "name one that 'ip link' shows");
      }
      if (!link.get().isUp() || !link.get().hasCarrier()) {
        return Readiness.fail(
            name,
            "interface " + link.get().name() + " has no link",
            "ip link set " + link.get().name() + " up, or plug in the cable");
      }
      return readiness(name, link.get());
    } catch (IOException refused) {
      return Readiness.fail(name, String.valueOf(refused.getMessage()), fix(refused));
    }
  }

  private Readiness readiness(String name, Link link) throws IOException {
    if (link.resolvesNeighbours()) {
      // opening the socket is what needs the right
      new Neighbourhood(link, config.address()).close();
    }
    if (elsewhere(link).isPresent()) {
      return Readiness.fail(name, "another interface of this machine has it", "remove it there");
    }
    if (present(link).filter(entry -> entry.validSeconds().isEmpty()).isPresent()) {
      return Readiness.warn(
          name,
          "it is configured for ever on " + link.name() + ", so it would not lapse",
          "remove it from the network configuration of this machine");
    }
    return Readiness.pass(
        name, "interface " + link.name() + " (" + link.hardwareAddress() + ") can hold it");
  }

  static String fix(IOException refused) {
    return refused instanceof SystemCallException call && call.isNotPermitted()
        ? "run the daemon as root (or with CAP_NET_ADMIN and CAP_NET_RAW)"
        : "see the kernel log";
  }

  private AddressTable table() throws IOException {
    return tables().addresses();
  }

  private synchronized Tables tables() throws IOException {
    Tables open = tables;
    if (open == null) {
      open = new Tables(new AddressTable(), new NeighbourTable());
      tables = open;
    }
    return open;
  }

  synchronized void release() {
    if (tables != null) {
      tables.addresses().close();
      tables.neighbours().close();
    }
    tables = null;
  }
}
