package understudy.demo;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import understudy.demo.Steps.Limits;
import understudy.demo.Steps.Step;
import understudy.demo.lab.LabException;
import understudy.demo.lab.ProcessSignal;

/**
 * The scenarios. Before each the service is protected, and after each fault the pair is brought
 * back to that: what was down returns as a standby. Where there is a {@link Network} its faults are
 * played, too.
 */
final class Play {
  private static final Duration NEVER = Duration.ZERO;

  /** A takeover of the fast profile, the start of the service's own Java machine included. */
  private static final Duration TAKEOVER = Duration.ofSeconds(2);

  /** The kernel of a host that lives drops the shared address up to a second after the lease. */
  private static final Duration LAPSE = Duration.ofMillis(1500);

  private static final Duration SWITCHOVER = Duration.ofSeconds(1);

  /** What clients must not notice may still meet a busy machine. */
  private static final Duration HICCUP = Duration.ofMillis(800);

  /** Both hosts boot: two Java machines start beside all that runs here. */
  private static final Duration BOOT = Duration.ofSeconds(30);

  /** Two nodes that were both forced to serve, from when they meet. */
  private static final Duration MEETING = Duration.ofSeconds(1);

  /**
   * Without root there is no gate: a service that wakes answers until its guardian has ended it.
   */
  private static final Duration UNGATED = Duration.ofMillis(500);

  private static final Duration LONG_CUT = Duration.ofSeconds(3);

  private final Pair pair;
  private final Optional<Network> network;
  private final Steps steps;

  Play(Pair pair, Optional<Network> network, Steps steps) {
    this.pair = pair;
    this.network = network;
    this.steps = steps;
  }

  /** Why this scenario cannot be played here; empty: it can. */
  Optional<String> obstacle(Scenario scenario) {
    return scenario == Scenario.PARTITION && network.isEmpty()
        ? Optional.of("the loopback has no cable to cut: add --netns (root)")
        : Optional.empty();
  }

  void play(Scenario scenario) throws InterruptedException {
    steps.play(
        scenario,
        switch (scenario) {
          case KILL -> this::kill;
          case HANG -> this::hang;
          case SWITCHOVER -> this::switchOver;
          case PARTITION -> this::partition;
          case CONFLICT -> this::conflict;
        });
  }

  private void kill() throws DemoException, LabException, InterruptedException {
    DemoNode active = recovered();
    DemoNode standby = pair.other(active);
    steps.measure(new Step("kill", () -> powerOff(active), standby, takeover(NEVER)));
    steps.measure(new Step("kill-return", () -> bringBack(active), standby, quiet()));
    steps.measure(new Step("kill-daemon", standby::killDaemon, active, lapse()));
    steps.measure(new Step("kill-daemon-return", () -> bringBack(standby), active, quiet()));
    steps.measure(new Step("kill-both", this::restartBoth, active, new Limits(BOOT, false, NEVER)));
  }

  private void restartBoth() throws DemoException, LabException, InterruptedException {
    for (DemoNode node : pair.nodes()) {
      powerOff(node);
    }
    if (network.isPresent()) {
      network.get().heal();
    }
    pair.startAll();
    pair.awaitProtected();
  }

  private void hang() throws DemoException, LabException, InterruptedException {
    DemoNode active = recovered();
    DemoNode standby = pair.other(active);
    steps.measure(new Step("hang", () -> active.signal(ProcessSignal.STOP), standby, lapse()));
    steps.measure(
        new Step(
            "hang-wake",
            () -> {
              active.signal(ProcessSignal.CONT);
              bringBack(active);
            },
            standby,
            new Limits(HICCUP, false, network.isPresent() ? NEVER : UNGATED)));
  }

  private void switchOver() throws DemoException, LabException, InterruptedException {
    for (String name : List.of("switchover", "switchover-back")) {
      DemoNode active = recovered();
      steps.measure(
          new Step(
              name,
              () -> Steps.order(active, "switchover", "--wait=60s", "--yes"),
              pair.other(active),
              new Limits(SWITCHOVER, false, NEVER)));
    }
  }

  private void partition() throws DemoException, LabException, InterruptedException {
    Network cables =
        network.orElseThrow(() -> new DemoException(obstacle(Scenario.PARTITION).orElseThrow()));
    DemoNode active = recovered();
    DemoNode standby = pair.other(active);
    steps.measure(
        new Step(
            "partition-one-link",
            () -> {
              cables.faults().unplug(active.name(), 1);
              Steps.watchOn(LONG_CUT);
            },
            active,
            quiet()));
    cables.heal();
    pair.awaitProtected();
    steps.measure(
        new Step(
            "partition-heartbeats",
            () -> {
              cables.muteHeartbeats();
              Steps.watchOn(LONG_CUT);
            },
            active,
            quiet()));
    cables.heal();
    pair.awaitProtected();
    steps.measure(
        new Step(
            "partition", () -> cables.faults().isolate(active.name()), standby, takeover(NEVER)));
    steps.measure(
        new Step(
            "partition-heal",
            () -> {
              cables.heal();
              pair.awaitProtected();
            },
            standby,
            quiet()));
  }

  /**
   * Without root a person forces the standby while both hear each other. In namespaces exactly what
   * the arbiter {@code peer} cannot tell from a dead host: only the way between the nodes is cut,
   * and the service with it; then both serve until they meet.
   */
  private void conflict() throws DemoException, LabException, InterruptedException {
    DemoNode active = recovered();
    DemoNode standby = pair.other(active);
    Steps.Deed deed = () -> Steps.order(standby, "promote", "--force", "--wait=60s", "--yes");
    if (network.isPresent()) {
      Network cables = network.get();
      cables.faults().part(active.name(), standby.name());
      pair.await("both serve", () -> standby.row().filter(row -> row.role().equals("active")));
      steps.forget();
      deed = cables::heal;
    }
    steps.measure(new Step("conflict", deed, standby, takeover(MEETING)));
    pair.awaitProtected();
  }

  /** Whatever an earlier scenario left behind: nothing is cut, hangs or is down any more. */
  private DemoNode recovered() throws DemoException, LabException, InterruptedException {
    if (network.isPresent()) {
      network.get().heal();
    }
    for (DemoNode node : pair.nodes()) {
      node.signal(ProcessSignal.CONT);
    }
    pair.startAll();
    return pair.awaitProtected();
  }

  private static Limits takeover(Duration dual) {
    return new Limits(TAKEOVER, true, dual);
  }

  /** The host lives, its daemon does not: without help its service and its address must go. */
  private Limits lapse() {
    Duration outage = network.isPresent() ? TAKEOVER.plus(LAPSE) : TAKEOVER;
    return new Limits(outage, true, NEVER);
  }

  private static Limits quiet() {
    return new Limits(HICCUP, false, NEVER);
  }

  private void powerOff(DemoNode node) throws LabException {
    if (network.isPresent()) {
      network.get().faults().powerOff(node.name());
      node.awaitEnd();
    } else {
      node.kill();
    }
  }

  private void bringBack(DemoNode node) throws DemoException, LabException, InterruptedException {
    if (network.isPresent()) {
      network.get().heal();
    }
    if (!node.isRunning()) {
      node.start();
    }
    pair.awaitProtected();
  }
}
