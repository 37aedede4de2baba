package understudy.resource.address;

import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import understudy.linux.AddressTable.Link;
import understudy.linux.HardwareAddress;
import understudy.linux.PacketSocket;

/**
 * One address as the machines on one link see it: asks who has it, tells that we have it. Sending
 * is safe from any thread, asking is for one at a time.
 */
public final class Neighbourhood implements AutoCloseable {
  private static final int MOST_STALE_FRAMES = 64;

  private final Link link;
  private final InetAddress address;
  private final PacketSocket socket;

  /** Needs root or CAP_NET_RAW, and a link that resolves neighbours. */
  public Neighbourhood(Link link, InetAddress address) throws IOException {
    this.link = link;
    this.address = address;
    socket =
        new PacketSocket(
            link.index(), NeighbourFrames.etherType(address), NeighbourFrames.filter(address));
  }

  /**
   * Asks who has the address, every {@code every}, until somebody answers or {@code within} is
   * over.
   *
   * @return the hardware address of the other machine that answered
   */
  public synchronized Optional<String> ask(Duration every, Duration within) throws IOException {
    forgetStaleFrames();
    long now = System.nanoTime();
    long deadline = now + within.toNanos();
    long nextProbe = now;
    while (now < deadline) {
      if (now >= nextProbe) {
        socket.send(NeighbourFrames.probe(link.hardwareAddress(), address));
        nextProbe = now + every.toNanos();
      }
      long wait = Math.max(1_000_000, Math.min(deadline, nextProbe) - now);
      Optional<String> holder =
          socket
              .receive(Duration.ofNanos(wait))
              .flatMap(frame -> NeighbourFrames.foreignHolder(frame, link.hardwareAddress()))
              .map(HardwareAddress::toString);
      if (holder.isPresent()) {
        return holder;
      }
      now = System.nanoTime();
    }
    return Optional.empty();
  }

  /** What was heard since the last question may be an answer to an older one. */
  private void forgetStaleFrames() throws IOException {
    for (int count = 0; count < MOST_STALE_FRAMES; count++) {
      if (socket.receive(Duration.ZERO).isEmpty()) {
        return;
      }
    }
  }

  /** Tells everybody once that this machine has the address. */
  public void announce() throws IOException {
    for (byte[] frame : NeighbourFrames.announcements(link.hardwareAddress(), address)) {
      socket.send(frame);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
