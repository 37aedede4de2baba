package understudy.resource.address;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.ResourceConfig;
import understudy.failover.Term;
import understudy.linux.AddressTable;
import understudy.linux.AddressTable.Entry;
import understudy.linux.AddressTable.Link;
import understudy.linux.SystemCallException;
import understudy.resource.Condition;
import understudy.resource.Lapsing;
import understudy.resource.Mandate;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.resource.Resource;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * An address that only the active node has, with a kernel lifetime that ends with the mandate
 * (rounded up to whole seconds), announced to the link while it is held.
 */
public final class SharedIp implements Resource, Lapsing {
  private static final Logger LOG = LoggerFactory.getLogger(SharedIp.class);
  private static final Duration PROBE_EVERY = Duration.ofMillis(25);
  private static final Duration PROBE_FOR = Duration.ofMillis(60);

  /**
   * A holder that lost its mandate keeps the address for at most this long: lifetimes are whole
   * seconds.
   */
  private static final Duration LINGERING = Duration.ofMillis(2500);

  private final ResourceConfig.SharedIp config;
  private final InetAddress address;
  private final Mandate mandate;
  private final Object lock = new Object();
  private @Nullable AddressTable table;
  private @Nullable Holding holding;
  private boolean isFailing;
  private boolean hasLapsed;

  /** The address while it is ours. */
  private record Holding(
      Link link, int prefix, boolean isPrefixRouted, Optional<Announcer> announcer) {}

  public SharedIp(ResourceConfig.SharedIp config, Clock clock) {
    this.config = config;
    this.address = config.address();
    this.mandate = new Mandate(clock);
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public Outcome start(Term term, Duration within) {
    long deadline = System.nanoTime() + within.toNanos();
    if (!mandate.isValid()) {
      return failed("there is no valid mandate", "nothing: the node starts it when it may");
    }
    try {
      Optional<Link> found = table().link(config.networkInterface());
      if (found.isEmpty()) {
        return failed(
            "interface " + config.networkInterface() + " does not exist", "see 'ip link'");
      }
      Link link = found.get();
      if (!link.isUp()) {
        return failed(
            "interface " + link.name() + " is down", "ip link set " + link.name() + " up");
      }
      return start(link, deadline);
    } catch (IOException refused) {
      return failed(String.valueOf(refused.getMessage()), fix(refused));
    }
  }

  private Outcome start(Link link, long deadline) throws IOException {
    synchronized (lock) {
      if (holding != null && present(link).isPresent()) {
        return new Outcome.Done(text() + " is held already");
      }
    }
    Optional<Entry> elsewhere =
        table().find(address).stream().filter(e -> e.linkIndex() != link.index()).findFirst();
    if (elsewhere.isPresent()) {
      return failed(
          "another interface (number " + elsewhere.get().linkIndex() + ") has it already",
          "remove it there: see 'ip address show to " + address.getHostAddress() + "'");
    }
    Optional<Neighbourhood> neighbourhood =
        link.resolvesNeighbours()
            ? Optional.of(new Neighbourhood(link, address))
            : Optional.empty();
    Optional<Entry> present = present(link);
    if (present.isEmpty() && neighbourhood.isPresent()) {
      Optional<String> other = awaitSilence(neighbourhood.get(), deadline);
      if (other.isPresent()) {
        neighbourhood.get().close();
        return failed(
            "the machine with hardware address " + other.get() + " has it",
            "find that machine ('ip neigh' on a router helps) and take the address from it");
      }
    }
    return hold(link, present, neighbourhood);
  }

  private Optional<String> awaitSilence(Neighbourhood neighbourhood, long deadline)
      throws IOException {
    long giveUp = Math.min(deadline, System.nanoTime() + LINGERING.toNanos());
    Optional<String> holder = neighbourhood.ask(PROBE_EVERY, PROBE_FOR);
    while (holder.isPresent() && System.nanoTime() < giveUp && mandate.isValid()) {
      holder = neighbourhood.ask(PROBE_EVERY, PROBE_FOR);
    }
    return holder;
  }

  private Outcome hold(Link link, Optional<Entry> present, Optional<Neighbourhood> neighbourhood)
      throws IOException {
    int prefix = present.map(Entry::prefix).orElse(config.prefix());
    synchronized (lock) {
      boolean isPrefixRouted = isInPrefixOfAnother(link, prefix);
      Holding next = new Holding(link, prefix, isPrefixRouted, Optional.empty());
      put(next);
      if (present(link).isEmpty()) {
        neighbourhood.ifPresent(Neighbourhood::close);
        return failed("the kernel did not keep it", "see 'ip address show' and the kernel log");
      }
      silence();
      holding =
          new Holding(
              link,
              prefix,
              isPrefixRouted,
              neighbourhood.map(it -> new Announcer(name(), it, mandate::isValid)));
      hasLapsed = false;
    }
    return new Outcome.Done(
        text() + (present.isPresent() ? " was there and is adopted" : " added and announced"));
  }

  /** Another address on the link already brings the route; ours must not tie its life to it. */
  private boolean isInPrefixOfAnother(Link link, int prefix) throws IOException {
    return table().addresses().stream()
        .anyMatch(
            entry ->
                entry.linkIndex() == link.index()
                    && entry.prefix() == prefix
                    && !entry.address().equals(address)
                    && samePrefix(entry.address().getAddress(), address.getAddress(), prefix));
  }

  private static boolean samePrefix(byte[] one, byte[] other, int prefix) {
    if (one.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < prefix; bit++) {
      int mask = 0x80 >> (bit % 8);
      if ((one[bit / 8] & mask) != (other[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  private void put(Holding held) throws IOException {
    long seconds = Math.max(1, mandate.remaining().plusNanos(999_999_999).toSeconds());
    table()
        .put(
            held.link(),
            address,
            held.prefix(),
            (int) Math.min(Integer.MAX_VALUE, seconds),
            held.isPrefixRouted());
    if (!mandate.isValid()) {
      // this process was stopped between taking the time and telling the kernel
      table().delete(held.link(), address, held.prefix());
    }
  }

  @Override
  public void extend(Moment until) {
    synchronized (lock) {
      hasLapsed |= holding != null && !mandate.isValid();
      mandate.extend(until);
      if (holding == null || !mandate.isValid()) {
        return;
      }
      try {
        put(holding);
        if (hasLapsed) {
          // it may have been gone meanwhile, and others may have learnt another holder
          holding.announcer().ifPresent(Announcer::again);
        }
        hasLapsed = false;
        isFailing = false;
      } catch (IOException refused) {
        if (!isFailing) {
          LOG.error(
              "{}: cannot prolong {}, so it ends with the mandate: {}",
              name(),
              text(),
              refused.getMessage());
        }
        isFailing = true;
      }
    }
  }

  /** Tells the link again who has the address: after every conflict and every healed partition. */
  public void announceAgain() {
    synchronized (lock) {
      if (holding != null) {
        holding.announcer().ifPresent(Announcer::again);
      }
    }
  }

  @Override
  public Outcome stop(Duration within) {
    try {
      synchronized (lock) {
        silence();
        Optional<Link> link = table().link(config.networkInterface());
        if (link.isEmpty()) {
          return new Outcome.Done(text() + " is gone: there is no such interface");
        }
        Optional<Entry> present = present(link.get());
        if (present.isEmpty()) {
          return new Outcome.Done(text() + " is not here");
        }
        table().delete(link.get(), address, present.get().prefix());
        return present(link.get()).isEmpty()
            ? new Outcome.Done(text() + " removed")
            : failed("it came back while being removed", "find out what else adds it");
      }
    } catch (IOException refused) {
      return failed(String.valueOf(refused.getMessage()), fix(refused));
    }
  }

  @Override
  public Condition check() {
    try {
      Optional<Link> link = table().link(config.networkInterface());
      if (link.isEmpty()) {
        return new Condition.Stopped("interface " + config.networkInterface() + " does not exist");
      }
      Optional<Entry> present = present(link.get());
      if (present.isEmpty()) {
        return new Condition.Stopped(text() + " is not here");
      }
      if (!link.get().isUp() || !link.get().hasCarrier()) {
        return new Condition.Sick("interface " + link.get().name() + " has no link");
      }
      return new Condition.Started(
          text()
              + present.get().validSeconds().map(s -> " for " + s + " s more").orElse(" for ever"));
    } catch (IOException refused) {
      return new Condition.Unknown(String.valueOf(refused.getMessage()));
    }
  }

  @Override
  public List<Readiness> readiness() {
    String name = "shared IP " + text();
    try {
      Optional<Link> link = table().link(config.networkInterface());
      if (link.isEmpty()) {
        return List.of(
            Readiness.fail(
                name,
                "interface " + config.networkInterface() + " does not exist",
                "name one that 'ip link' shows"));
      }
      if (!link.get().isUp() || !link.get().hasCarrier()) {
        return List.of(
            Readiness.fail(
                name,
                "interface " + link.get().name() + " has no link",
                "ip link set " + link.get().name() + " up, or plug in the cable"));
      }
      if (link.get().resolvesNeighbours()) {
        new Neighbourhood(link.get(), address).close();
      }
      return List.of(readiness(name, link.get()));
    } catch (IOException refused) {
      return List.of(Readiness.fail(name, String.valueOf(refused.getMessage()), fix(refused)));
    }
  }

  private Readiness readiness(String name, Link link) throws IOException {
    for (Entry entry : table().find(address)) {
      if (entry.linkIndex() != link.index()) {
        return Readiness.fail(name, "another interface of this machine has it", "remove it there");
      }
      if (entry.validSeconds().isEmpty()) {
        return Readiness.warn(
            name,
            "it is configured for ever on " + link.name() + ", so it would not lapse",
            "remove it from the network configuration of this machine");
      }
    }
    return Readiness.pass(
        name, "interface " + link.name() + " (" + link.hardwareAddress() + ") can hold it");
  }

  /** Ends our part in holding the address; the caller has the lock. */
  private void silence() {
    if (holding != null) {
      holding.announcer().ifPresent(Announcer::close);
    }
    holding = null;
  }

  private Optional<Entry> present(Link link) throws IOException {
    return table().find(address).stream()
        .filter(entry -> entry.linkIndex() == link.index())
        .findFirst();
  }

  private AddressTable table() throws IOException {
    synchronized (lock) {
      AddressTable open = table;
      if (open == null) {
        open = new AddressTable();
        table = open;
      }
      return open;
    }
  }

  private String text() {
    return address.getHostAddress() + "/" + config.prefix();
  }

  private Outcome failed(String reason, String fix) {
    return new Outcome.Failed(text() + " on " + config.networkInterface() + ": " + reason, fix);
  }

  private static String fix(IOException refused) {
    return refused instanceof SystemCallException call && call.isNotPermitted()
        ? "run the daemon as root (or with CAP_NET_ADMIN and CAP_NET_RAW)"
        : "see the kernel log";
  }

  @Override
  public void release() {
    synchronized (lock) {
      silence();
      if (table != null) {
        table.close();
      }
      table = null;
    }
  }
}
