package understudy.resource.gate;

import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import understudy.resource.Namespace;

/**
 * A datagram every millisecond from one machine to another; each carries its number and the time it
 * was sent, so that a slow test machine blurs nothing.
 */
final class Stream implements AutoCloseable {
  private final DatagramSocket receiver;
  private final DatagramSocket sender;
  private final List<Long> sentTimes = Collections.synchronizedList(new ArrayList<>());
  private final List<Arrival> arrivals = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean isClosed;

  record Arrival(long number, long sentNanos) {}

  Stream(Namespace from, Namespace to, String address, int port) throws Exception {
    receiver =
        to.in(
            () -> new DatagramSocket(new InetSocketAddress(InetAddress.getByName(address), port)));
    receiver.setSoTimeout(100);
    sender = from.in(() -> new DatagramSocket());
    InetSocketAddress target = new InetSocketAddress(address, port);
    Thread.ofPlatform().daemon().start(this::receive);
    Thread.ofPlatform().daemon().start(() -> send(target));
  }

  private void send(InetSocketAddress target) {
    try {
      while (!isClosed) {
        long now = System.nanoTime();
        byte[] bytes = ByteBuffer.allocate(16).putLong(sentTimes.size()).putLong(now).array();
        sentTimes.add(now);
        sender.send(new DatagramPacket(bytes, bytes.length, target));
        TimeUnit.MILLISECONDS.sleep(1);
      }
    } catch (Exception ended) {
      if (!isClosed) {
        throw new IllegalStateException(ended);
      }
    }
  }

  private void receive() {
    byte[] bytes = new byte[16];
    while (!isClosed) {
      try {
        receiver.receive(new DatagramPacket(bytes, bytes.length));
        ByteBuffer content = ByteBuffer.wrap(bytes);
        arrivals.add(new Arrival(content.getLong(), content.getLong()));
      } catch (Exception ended) {
        if (!isClosed && !(ended instanceof SocketTimeoutException)) {
          throw new IllegalStateException(ended);
        }
      }
    }
  }

  List<Arrival> arrivals() {
    synchronized (arrivals) {
      return List.copyOf(arrivals);
    }
  }

  int arrived() {
    return arrivals.size();
  }

  /** How many were sent between two times of {@link System#nanoTime} and never arrived. */
  long lostBetween(long begin, long end) {
    long sent;
    synchronized (sentTimes) {
      sent = sentTimes.stream().filter(time -> time >= begin && time < end).count();
    }
    long came =
        arrivals().stream().filter(it -> it.sentNanos() >= begin && it.sentNanos() < end).count();
    return sent - came;
  }

  boolean hasSentAfter(long nanos) {
    return sentTimes.getLast() > nanos;
  }

  /** When the last one that arrived was sent. */
  long lastSentNanos() {
    return arrivals().getLast().sentNanos();
  }

  /** When the first one was sent that did not arrive although an earlier one had. */
  long firstLostNanos() {
    List<Arrival> came = arrivals();
    for (int at = 1; at < came.size(); at++) {
      if (came.get(at).number() != came.get(at - 1).number() + 1) {
        return sentTimes.get((int) came.get(at - 1).number() + 1);
      }
    }
    return sentTimes.get((int) came.getLast().number() + 1);
  }

  @Override
  public void close() {
    isClosed = true;
    receiver.close();
    sender.close();
  }
}
