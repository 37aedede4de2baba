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
import understudy.linux.AddressTable.Entry;
import understudy.linux.AddressTable.Link;
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

  /** Who asked the link so shortly before need not ask it again. */
  private static final Duration SILENCE_COUNTS = Duration.ofMillis(500);

  private final ResourceConfig.SharedIp config;
  private final InetAddress address;
  private final AddressSlot slot;
  private final Mandate mandate;
  private final Clock clock;
  private final Object lock = new Object();
  private volatile Optional<Moment> silentAt = Optional.empty();
  private @Nullable Holding holding;
  private boolean isFailing;
  private boolean hasLapsed;
  private boolean hadCarrier = true;

  /** The address while it is ours. */
  private record Holding(
      Link link, int prefix, boolean isPrefixRouted, Optional<Announcer> announcer) {}

  public SharedIp(ResourceConfig.SharedIp config, Clock clock) {
    this.config = config;
    this.address = config.address();
    this.slot = new AddressSlot(config);
    this.mandate = new Mandate(clock);
    this.clock = clock;
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
      Optional<Link> found = slot.link();
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
      return failed(String.valueOf(refused.getMessage()), AddressSlot.fix(refused));
    }
  }

  private Outcome start(Link link, long deadline) throws IOException {
    synchronized (lock) {
      if (holding != null && slot.present(link).isPresent()) {
        return new Outcome.Done(slot.text() + " is held already");
      }
    }
    Optional<Entry> elsewhere = slot.elsewhere(link);
    if (elsewhere.isPresent()) {
      return failed(
          "another interface (number " + elsewhere.get().linkIndex() + ") has it already",
          "remove it there: see 'ip address show to " + address.getHostAddress() + "'");
    }
    Optional<Neighbourhood> neighbourhood =
        link.resolvesNeighbours()
            ? Optional.of(new Neighbourhood(link, address))
            : Optional.empty();
    Optional<Entry> present = slot.present(link);
    if (present.isEmpty() && neighbourhood.isPresent() && !isKnownSilent()) {
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

  /** The link was asked at this moment who has the address, and nobody answered. */
  public void foundSilent(Moment askedAt) {
    silentAt = Optional.of(askedAt);
  }

  private boolean isKnownSilent() {
    return silentAt.filter(at -> at.until(clock.now()).compareTo(SILENCE_COUNTS) <= 0).isPresent();
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
      boolean isPrefixRouted = slot.isPrefixRouted(link, prefix);
      Holding next = new Holding(link, prefix, isPrefixRouted, Optional.empty());
      put(next);
      if (slot.present(link).isEmpty()) {
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
        slot.text() + (present.isPresent() ? " was there and is adopted" : " added and announced"));
  }

  private void put(Holding held) throws IOException {
    slot.put(held.link(), held.prefix(), held.isPrefixRouted(), mandate.remaining());
    if (!mandate.isValid()) {
      // this process was stopped between taking the time and telling the kernel
      slot.delete(held.link(), held.prefix());
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
        boolean isLinkBack = isLinkBack(holding.link());
        if (hasLapsed || isLinkBack) {
          // it may have been gone meanwhile, and others may have learnt another holder
          holding.announcer().ifPresent(Announcer::again);
        }
        if (isLinkBack) {
          slot.askNeighboursAnew(holding.link());
        }
        hasLapsed = false;
        isFailing = false;
      } catch (IOException refused) {
        if (!isFailing) {
          LOG.error(
              "{}: cannot prolong {}, so it ends with the mandate: {}",
              name(),
              slot.text(),
              refused.getMessage());
        }
        isFailing = true;
      }
    }
  }

  private boolean isLinkBack(Link link) throws IOException {
    boolean hasCarrier = slot.link().filter(Link::hasCarrier).isPresent();
    boolean isBack = hasCarrier && !hadCarrier && link.resolvesNeighbours();
    hadCarrier = hasCarrier;
    return isBack;
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
        Optional<Link> link = slot.link();
        if (link.isEmpty()) {
          return new Outcome.Done(slot.text() + " is gone: there is no such interface");
        }
        Optional<Entry> present = slot.present(link.get());
        if (present.isEmpty()) {
          return new Outcome.Done(slot.text() + " is not here");
        }
        slot.delete(link.get(), present.get().prefix());
        return slot.present(link.get()).isEmpty()
            ? new Outcome.Done(slot.text() + " removed")
            : failed("it came back while being removed", "find out what else adds it");
      }
    } catch (IOException refused) {
      return failed(String.valueOf(refused.getMessage()), AddressSlot.fix(refused));
    }
  }

  @Override
  public Condition check() {
    try {
      Optional<Link> link = slot.link();
      if (link.isEmpty()) {
        return new Condition.Stopped("interface " + config.networkInterface() + " does not exist");
      }
      Optional<Entry> present = slot.present(link.get());
      if (present.isEmpty()) {
        return new Condition.Stopped(slot.text() + " is not here");
      }
      if (!link.get().isUp() || !link.get().hasCarrier()) {
        return new Condition.Sick("interface " + link.get().name() + " has no link");
      }
      return new Condition.Started(
          slot.text()
              + present.get().validSeconds().map(s -> " for " + s + " s more").orElse(" for ever"));
    } catch (IOException refused) {
      return new Condition.Unknown(String.valueOf(refused.getMessage()));
    }
  }

  @Override
  public List<Readiness> readiness() {
    return List.of(slot.readiness());
  }

  /** Ends our part in holding the address; the caller has the lock. */
  private void silence() {
    if (holding != null) {
      holding.announcer().ifPresent(Announcer::close);
    }
    holding = null;
  }

  private Outcome failed(String reason, String fix) {
    return new Outcome.Failed(
        slot.text() + " on " + config.networkInterface() + ": " + reason, fix);
  }

  @Override
  public void release() {
    synchronized (lock) {
      silence();
      slot.release();
    }
  }
}
