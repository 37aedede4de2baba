package understudy.demo.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import understudy.linux.FrameTap;
import understudy.linux.SystemCallException;

/**
 * A long way between a host and its switch: every frame is late, each by another time, so that they
 * also overtake each other. Not every kernel has netem, so a process carries the frames.
 */
public final class Delay implements AutoCloseable {
  private static final int FRAMES_LIMIT = 20_000;
  private static final Duration START_LIMIT = Duration.ofSeconds(10);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);
  private static final String READY = "carries frames";

  private final Namespaces hosts;
  private final String port;
  private final int link;
  private final Process carrier;

  private Delay(Namespaces hosts, String port, int link, Process carrier) {
    this.hosts = hosts;
    this.port = port;
    this.link = link;
    this.carrier = carrier;
  }

  /**
   * Puts the delay between this host and the switch of this link, both ways.
   *
   * @param jitter each frame is late by up to so much more
   */
  public static Delay between(
      Namespaces hosts, String host, int link, Duration delay, Duration jitter)
      throws LabException {
    String port = hosts.port(host, link);
    hosts.ipInSwitch(
        List.of(
            "link set " + port + " nomaster",
            "link add %s type veth peer name %s".formatted(near(link), far(link)),
            "link set %s up".formatted(near(link)),
            "link set %s up".formatted(far(link)),
            "link set %s master br%d".formatted(far(link), link)));
    List<String> words =
        List.of(
            port, near(link), Long.toString(delay.toMillis()), Long.toString(jitter.toMillis()));
    try {
      Process carrier =
          new ProcessBuilder(hosts.insideSwitch(JavaProgram.command(Delay.class, "-Xmx64m", words)))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      var delaying = new Delay(hosts, port, link, carrier);
      delaying.awaitReady();
      return delaying;
    } catch (IOException failed) {
      throw new LabException("could not start what carries the frames", failed);
    }
  }

  private static String near(int link) {
    return "near" + link;
  }

  private static String far(int link) {
    return "far" + link;
  }

  private void awaitReady() throws LabException, IOException {
    long end = System.nanoTime() + START_LIMIT.toNanos();
    BufferedReader said = carrier.inputReader();
    while (!said.ready() && carrier.isAlive() && System.nanoTime() < end) {
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
    if (!said.ready() || !READY.equals(said.readLine())) {
      close();
      throw new LabException("frames are not carried");
    }
  }

  /** The way is short again. */
  @Override
  public void close() throws LabException {
    carrier.destroyForcibly();
    carrier.onExit().join();
    hosts.ipInSwitch(List.of("link del " + near(link), "link set " + port + " master br" + link));
  }

  /** The process that carries: two interfaces, delay and jitter in milliseconds. */
  public static void main(String[] arguments) throws IOException, SystemCallException {
    long delay = Long.parseLong(arguments[2]);
    long jitter = Long.parseLong(arguments[3]);
    FrameTap one = tap(arguments[0]);
    FrameTap other = tap(arguments[1]);
    carry(one, other, delay, jitter);
    carry(other, one, delay, jitter);
    System.out.println(READY);
    if (System.in.read() >= 0) {
      throw new IOException("nobody speaks to this process: it ends with its parent");
    }
    System.exit(0);
  }

  private static FrameTap tap(String device) throws IOException, SystemCallException {
    return new FrameTap(NetworkInterface.getByName(device).getIndex());
  }

  private static void carry(FrameTap from, FrameTap to, long delayMillis, long jitterMillis) {
    var underWay = new DelayQueue<Frame>();
    RandomGenerator random = RandomGenerator.getDefault();
    forEver(
        () -> {
          byte[] frame = from.receive();
          if (underWay.size() < FRAMES_LIMIT) {
            long late = delayMillis + random.nextLong(jitterMillis + 1);
            underWay.add(new Frame(frame, System.nanoTime() + late * 1_000_000));
          }
        });
    forEver(() -> to.send(underWay.take().bytes));
  }

  private interface Work {
    void turn() throws SystemCallException, InterruptedException;
  }

  private static void forEver(Work work) {
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              while (true) {
                try {
                  work.turn();
                } catch (SystemCallException lost) {
                  // An interface that is down for a moment: frames get lost then.
                  System.err.println("a frame was lost: " + lost.getMessage());
                } catch (InterruptedException stopping) {
                  return;
                }
              }
            });
  }

  /** A frame under way. */
  private static final class Frame implements Delayed {
    final byte[] bytes;
    private final long dueNanos;

    Frame(byte[] bytes, long dueNanos) {
      this.bytes = bytes;
      this.dueNanos = dueNanos;
    }

    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(dueNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
    }
  }
}
