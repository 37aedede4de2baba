package understudy.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import understudy.api.Views;
import understudy.demo.lab.LabException;
import understudy.time.Clock;
import understudy.time.Moment;

/** The two nodes of the demo, set up the way a person does it: init, invite, join, first sync. */
final class Pair {
  /** Only guards against hanging: a slow machine copies the first time for a while. */
  static final Duration PATIENCE = Duration.ofMinutes(3);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
  private static final double FRESH_SECONDS = 2.0;
  private static final String ROWS = "20";

  private final List<DemoNode> nodes;
  private final Ground ground;
  private final Clock clock;
  private final PrintStream progress;

  Pair(Path work, Ground ground, Clock clock, PrintStream progress) {
    this.nodes =
        Ground.NODES.stream().map(name -> new DemoNode(name, work.resolve(name), ground)).toList();
    this.ground = ground;
    this.clock = clock;
    this.progress = progress;
  }

  /** The designated primary, which has the data at first. */
  DemoNode alpha() {
    return nodes.getFirst();
  }

  DemoNode beta() {
    return nodes.getLast();
  }

  List<DemoNode> nodes() {
    return nodes;
  }

  DemoNode other(DemoNode node) {
    return node == alpha() ? beta() : alpha();
  }

  /**
   * From two empty machines, one with data, to a protected service.
   *
   * @param profile of {@code failover}
   * @param password of the console's admin
   */
  void setUp(String profile, String password)
      throws DemoException, LabException, InterruptedException {
    try {
      for (DemoNode node : nodes) {
        DemoFiles.writeNode(node, ground);
      }
      DemoFiles.writeCluster(alpha().home().resolve("cluster.yaml"), ground, profile);
    } catch (IOException failed) {
      throw new DemoException("cannot write the configuration of the nodes", failed);
    }
    progress.println("alpha: understudy init, then understudy node");
    alpha().demand(password, "init", "--cluster", "demo");
    alpha().start();
    await("alpha serves", () -> alpha().row().filter(row -> row.role().equals("active")));
    String invite = alpha().demand("", "pair", "invite").strip();
    progress.println("beta: understudy pair join, then understudy node");
    beta().demand(invite, "pair", "join", "-");
    beta().start();
    progress.println("the first sync starts by itself");
    awaitProtected();
  }

  /** Has a third host vote, too; returns once both nodes hear all three voters. */
  void enrolWitness(String name) throws DemoException, InterruptedException {
    var witness = new DemoNode(name, alpha().home().resolveSibling(name), ground);
    try {
      Files.createDirectories(witness.home());
      DemoFiles.writeNode(witness, ground);
    } catch (IOException failed) {
      throw new DemoException("cannot write the configuration of the witness", failed);
    }
    progress.println(name + ": understudy pair join, then understudy witness");
    String invite = alpha().demand("", "pair", "invite").strip();
    witness.demand(invite, "pair", "join", "-");
    witness.start();
    for (DemoNode node : nodes) {
      await(
          node.name() + " hears all three voters",
          () ->
              Optional.of(node.call("ready").out())
                  .filter(said -> said.contains("3 of 3 voters are heard")));
    }
  }

  /** The node that says that it serves; empty when none does, or both do. */
  Optional<DemoNode> active() {
    List<DemoNode> serving =
        nodes.stream()
            .filter(node -> node.row().filter(row -> row.role().equals("active")).isPresent())
            .toList();
    return serving.size() == 1 ? Optional.of(serving.getFirst()) : Optional.empty();
  }

  /**
   * Waits until one node serves and the other could take over at once, by their own words.
   *
   * @return the one that serves
   */
  DemoNode awaitProtected() throws DemoException, LabException, InterruptedException {
    return await(
        "one node serves and the other is its standby, in sync",
        () -> active().filter(active -> isProtected(active) && isFresh(other(active))));
  }

  private static boolean isProtected(DemoNode active) {
    return active.status().filter(it -> it.protection().equals("PROTECTED")).isPresent();
  }

  private static boolean isFresh(DemoNode standby) {
    return standby.row().filter(row -> row.role().equals("standby")).stream()
        .map(Views.NodeRow::lagSeconds)
        .anyMatch(lag -> lag != null && lag < FRESH_SECONDS);
  }

  /** Waits for something; when it does not come, the exception tells what both nodes say. */
  <T> T await(String what, Supplier<Optional<T>> sought)
      throws DemoException, InterruptedException {
    Moment end = clock.now().plus(PATIENCE);
    while (clock.now().isBefore(end)) {
      Optional<T> found = sought.get();
      if (found.isPresent()) {
        return found.get();
      }
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while waiting: " + what);
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
    throw new DemoException(
        "not within %d s: %s\n%s".formatted(PATIENCE.toSeconds(), what, testimony()));
  }

  /** What both nodes say of themselves, and the ends of their logs. */
  String testimony() {
    StringBuilder text = new StringBuilder();
    for (DemoNode node : nodes) {
      text.append("--- ").append(node.name()).append('\n');
      text.append(node.isRunning() ? node.call("status").said() : "its daemon does not run");
      text.append('\n').append(lastLines(node));
    }
    return text.toString();
  }

  /** What both nodes wrote into their histories of late, newest first. */
  String histories() {
    StringBuilder text = new StringBuilder();
    for (DemoNode node : nodes) {
      text.append("--- ").append(node.name()).append('\n');
      DemoNode.Answer rows = node.call("history", "--limit", ROWS, "--evidence");
      text.append(rows.out()).append(rows.err());
    }
    return text.toString();
  }

  private static String lastLines(DemoNode node) {
    try {
      List<String> lines = Files.readAllLines(node.log());
      List<String> last = lines.subList(Math.max(0, lines.size() - 40), lines.size());
      return String.join("\n", last) + "\n";
    } catch (IOException unreadable) {
      return "its log cannot be read: " + unreadable.getMessage() + "\n";
    }
  }

  /** Starts the daemons that do not run. */
  void startAll() throws DemoException {
    for (DemoNode node : nodes) {
      if (!node.isRunning()) {
        node.start();
      }
    }
  }
}
