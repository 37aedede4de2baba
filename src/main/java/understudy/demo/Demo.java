package understudy.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import understudy.demo.lab.AtExit;
import understudy.demo.lab.Client;
import understudy.demo.lab.LabException;
import understudy.time.Clock;

/**
 * A running demo: its directory, the nodes, the client that measures. Closing ends every process
 * and removes every file of it, also by the end of this Java machine; should that be killed, the
 * {@link Janitor} does the same.
 */
final class Demo implements AutoCloseable {
  private static final String LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
  private static final int PASSWORD_LENGTH = 16;

  private final Path work;
  private final boolean keep;
  private final Ground ground;
  private final Pair pair;
  private final Client client;
  private final Janitor janitor;
  private final String password;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtExit atExit = new AtExit("things of the demo", this);

  private Demo(
      Path work,
      boolean keep,
      Ground ground,
      Janitor janitor,
      Client client,
      Pair pair,
      String password) {
    this.work = work;
    this.keep = keep;
    this.ground = ground;
    this.janitor = janitor;
    this.client = client;
    this.pair = pair;
    this.password = password;
  }

  /**
   * What a demo is made of.
   *
   * @param data a directory to protect a copy of; empty: this machine's documentation
   * @param profile of {@code failover}
   * @param keep leaves the directory with logs and states behind
   */
  record Wish(Optional<Path> data, String profile, boolean keep, PrintStream progress) {}

  /** Makes the ground that the demo stands on. */
  interface GroundMaker {
    Ground make() throws LabException, IOException;
  }

  /**
   * Sets everything up; returns once the service is protected.
   *
   * @throws DemoException what was awaited did not come; everything is cleaned up
   */
  static Demo start(Wish wish, GroundMaker grounds, Clock clock)
      throws DemoException, LabException, InterruptedException {
    Path work = directory();
    Janitor janitor = Janitor.start(work, wish.keep());
    Ground ground;
    Client client;
    try {
      ground = grounds.make();
      client = Client.start(ground.service(), ground.ownServices(), ground::outside, clock);
    } catch (IOException failed) {
      throw new DemoException("cannot set up the network of the demo", failed);
    }
    var pair = new Pair(work, ground, clock, wish.progress());
    var demo = new Demo(work, wish.keep(), ground, janitor, client, pair, password());
    demo.atExit.arm();
    try {
      demo.furnish();
      demo.fill(wish);
      pair.setUp(wish.profile(), demo.password);
      return demo;
    } catch (DemoException | LabException | InterruptedException | RuntimeException failed) {
      demo.close();
      throw failed;
    }
  }

  private static Path directory() throws DemoException {
    try {
      return Files.createTempDirectory("understudy-demo-").toRealPath();
    } catch (IOException failed) {
      throw new DemoException("cannot make a temporary directory", failed);
    }
  }

  private void furnish() throws DemoException, LabException {
    for (DemoNode node : pair.nodes()) {
      try {
        Files.createDirectories(node.home());
      } catch (IOException failed) {
        throw new DemoException("cannot make " + node.home(), failed);
      }
      ground.furnish(node.name(), node.home());
    }
  }

  private void fill(Wish wish) throws DemoException {
    Path target = pair.alpha().data();
    try {
      DemoData data =
          wish.data().isPresent()
              ? DemoData.copyOf(wish.data().get(), target, wish.progress())
              : DemoData.ofThisMachine(target, wish.progress());
      wish.progress()
          .printf(
              "protects a copy of %s: %,d entries, %,d MiB%n",
              data.origin(), data.entries(), data.bytes() >> 20);
    } catch (IOException failed) {
      throw new DemoException("cannot copy the data to protect: " + failed.getMessage(), failed);
    }
  }

  private static String password() {
    var random = new SecureRandom();
    StringBuilder password = new StringBuilder();
    for (int at = 0; at < PASSWORD_LENGTH; at++) {
      password.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return password.toString();
  }

  Ground ground() {
    return ground;
  }

  Pair pair() {
    return pair;
  }

  Client client() {
    return client;
  }

  Path work() {
    return work;
  }

  /** Of the console's admin; made for this demo alone. */
  String adminPassword() {
    return password;
  }

  @Override
  public void close() throws LabException {
    if (closed.getAndSet(true)) {
      return;
    }
    client.close();
    OwnProcesses.kill(work);
    ground.close();
    if (!keep) {
      remove(work);
    }
    janitor.close();
    atExit.disarm();
  }

  private static void remove(Path directory) throws LabException {
    try (Stream<Path> entries = Files.walk(directory)) {
      List<Path> outwards = entries.sorted(Comparator.reverseOrder()).toList();
      outwards.stream()
          .filter(entry -> Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS))
          .forEach(Demo::makeWritable);
      for (Path entry : outwards) {
        Files.deleteIfExists(entry);
      }
    } catch (IOException | UncheckedIOException failed) {
      throw new LabException("could not remove " + directory, failed);
    }
  }

  /** Data may have directories that forbid writing. */
  private static void makeWritable(Path directory) {
    if (!Files.isWritable(directory) && !directory.toFile().setWritable(true)) {
      System.err.println(directory + " cannot be made writable");
    }
  }
}
