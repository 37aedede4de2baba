package understudy.simulator;

import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import understudy.failover.Input;
import understudy.failover.NodeName;

/** The deeds that a script knows, and what each does to the world. */
final class Script {
  private final World world;
  private final Map<Pattern, Consumer<MatchResult>> deeds;

  Script(World world) {
    this.world = world;
    var wishes = new Wishes(world);
    var expectations = new Expectations(world);
    this.deeds =
        Map.ofEntries(
            on("(\\S+) loses power", m -> machine(m).cutPower()),
            on("(\\S+) gets power", m -> machine(m).restorePower()),
            on("(\\S+)'s daemon is killed", m -> machine(m).killDaemon()),
            on("(\\S+)'s daemon starts", m -> machine(m).launch()),
            on("(\\S+)'s daemon dies in (\\d+) effects", this::die),
            on("(\\S+) is paused", m -> daemon(m).pause()),
            on("(\\S+) wakes", m -> daemon(m).resume()),
            on("(\\S+) is isolated", m -> world.network.isolate(machine(m))),
            on("(\\S+) is isolated no more", m -> world.network.rejoin(machine(m))),
            on("(\\S+) loses its disk", m -> loseDisk(machine(m))),
            on("(\\S+) is copied", m -> world.copy(machine(m))),
            on("(\\S+) knows of a term (\\d+) later", m -> machine(m).leap(number(m))),
            on("(\\S+) becomes release (\\S+)", m -> machine(m).install(m.group(2))),
            on("(\\S+)'s disk is full", m -> machine(m).fillDisk(true)),
            on("(\\S+)'s disk has room", m -> machine(m).fillDisk(false)),
            on("(\\S+)'s resources are unfit", m -> fitness(m, false)),
            on("(\\S+)'s resources are fit", m -> fitness(m, true)),
            on("(\\S+)'s wall clock jumps (-?)(\\S+)", this::jump),
            on("(\\S+)'s clock runs at (\\S+)", m -> drift(m)),
            on(
                "(\\S+)'s next (\\d+ )?(starts?|stops?|syncs?|data) (fails?|hangs?|is not whole)",
                this::trouble),
            on("(\\S+) has no trouble any more", m -> machine(m).luck().clear()),
            on("cut (\\S+) (to|and) (\\S+)( hiding the service)?", this::cut),
            on("mend (\\S+) and (\\S+)", this::mend),
            on("the network loses (\\d+) %", m -> world.network.trouble(percent(m, 1), 0)),
            on(
                "the network loses (\\d+) % and delays (\\d+) %",
                m -> world.network.trouble(percent(m, 1), percent(m, 2))),
            on("the network is calm", m -> world.network.trouble(0, 0)),
            // Connectivity tests that ask by name are as without an answer when no name resolves.
            on("the (?:gateway|name service) dies", m -> world.network.killGateway(true)),
            on("the (?:gateway|name service) is back", m -> world.network.killGateway(false)),
            on("the store is down", m -> world.store.down(true)),
            on("the store is slow", m -> world.store.slow(true)),
            on("the store is up", m -> restore()),
            on("ask (\\S+) (?:to )?(.*)", m -> wishes.ask(machine(m), m.group(2))),
            on("expect (.*)", m -> expectations.check(m.group(1))),
            on("end", m -> {}));
  }

  private static Map.Entry<Pattern, Consumer<MatchResult>> on(
      String pattern, Consumer<MatchResult> deed) {
    return Map.entry(Pattern.compile(pattern), deed);
  }

  /**
   * Does it now.
   *
   * @throws IllegalArgumentException when it is not understood or not possible
   */
  void run(String deed) {
    for (var known : deeds.entrySet()) {
      Matcher matcher = known.getKey().matcher(deed);
      if (matcher.matches()) {
        if (!deed.startsWith("expect")) {
          world.tell("script", () -> deed);
        }
        known.getValue().accept(matcher.toMatchResult());
        return;
      }
    }
    throw new IllegalArgumentException(
        "not understood; the deeds are "
            + deeds.keySet().stream().map(Pattern::pattern).sorted().toList());
  }

  private NodeName name(MatchResult match) {
    return machine(match).name();
  }

  private Machine machine(MatchResult match) {
    return machine(match.group(1));
  }

  private Machine machine(String name) {
    return world.machines.stream()
        .filter(machine -> machine.label().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no node " + name));
  }

  private Daemon daemon(MatchResult match) {
    return machine(match)
        .daemon()
        .orElseThrow(() -> new IllegalArgumentException("no daemon runs there"));
  }

  private static int number(MatchResult match) {
    return Integer.parseInt(match.group(2));
  }

  private static double percent(MatchResult match, int group) {
    return Integer.parseInt(match.group(group)) / 100.0;
  }

  private void die(MatchResult match) {
    daemon(match).dieAfterEffects(number(match));
  }

  private static void loseDisk(Machine machine) {
    machine.cutPower();
    machine.loseDisk();
  }

  private void fitness(MatchResult match, boolean fit) {
    daemon(match).hand(at -> new Input.Fitness(at, fit));
  }

  private void jump(MatchResult match) {
    Duration by = duration(match.group(3));
    machine(match).jumpWall(match.group(2).isEmpty() ? by : by.negated());
  }

  private static Duration duration(String text) {
    try {
      return Scenario.duration("script", text);
    } catch (ScenarioException wrong) {
      throw new IllegalArgumentException(wrong.getMessage(), wrong);
    }
  }

  private void drift(MatchResult match) {
    machine(match).drift(Double.parseDouble(match.group(2)));
  }

  private void trouble(MatchResult match) {
    String what = match.group(3).replaceAll("s$", "") + " " + match.group(4).replaceAll("s$", "");
    Trouble trouble =
        switch (what) {
          case "start fail" -> Trouble.START_FAILS;
          case "start hang" -> Trouble.START_HANGS;
          case "stop fail" -> Trouble.STOP_FAILS;
          case "stop hang" -> Trouble.STOP_HANGS;
          case "sync fail" -> Trouble.SYNC_FAILS;
          case "sync hang" -> Trouble.SYNC_HANGS;
          case "data is not whole" -> Trouble.DATA_NOT_WHOLE;
          default -> throw new IllegalArgumentException("no such trouble: " + what);
        };
    int times = match.group(2) == null ? 1 : Integer.parseInt(match.group(2).strip());
    machine(match).luck().plan(trouble, times);
  }

  private void cut(MatchResult match) {
    boolean hides = match.group(4) != null;
    NodeName one = name(match);
    NodeName other = machine(match.group(3)).name();
    world.network.cut(new Network.Path(one, other), hides);
    if (match.group(2).equals("and")) {
      world.network.cut(new Network.Path(other, one), hides);
    }
  }

  private void restore() {
    world.store.down(false);
    world.store.slow(false);
  }

  private void mend(MatchResult match) {
    NodeName one = name(match);
    NodeName other = machine(match.group(2)).name();
    world.network.mend(new Network.Path(one, other));
    world.network.mend(new Network.Path(other, one));
  }
}
