package understudy.simulator;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import understudy.failover.Role;
import understudy.failover.Rule;
import understudy.failover.State;

/** What a script expects at a moment, checked against the truth. */
final class Expectations {
  private static final Pattern ROLE =
      Pattern.compile("(\\S+) (standby|starting|active|stopping|frozen)(?: in term (\\d+))?");
  private static final Pattern SERVES = Pattern.compile("(\\S+) serves");
  private static final Pattern HELD = Pattern.compile("(\\S+) held back by ([A-Z_]+)");
  private static final Pattern FREE = Pattern.compile("(\\S+) not held back");
  private static final Pattern SAME = Pattern.compile("(\\S+) has what (\\S+) has");
  private static final Pattern KEPT = Pattern.compile("(\\S+) kept (something|nothing) beside");
  private static final Pattern RUNS = Pattern.compile("(\\S+)'s service (runs|is stopped)");

  private final World world;

  Expectations(World world) {
    this.world = world;
  }

  /**
   * Nothing when it is so.
   *
   * @throws IllegalArgumentException when it is otherwise, or not understood
   */
  void check(String wanted) {
    Matcher role = ROLE.matcher(wanted);
    Matcher serves = SERVES.matcher(wanted);
    Matcher held = HELD.matcher(wanted);
    Matcher free = FREE.matcher(wanted);
    Matcher same = SAME.matcher(wanted);
    Matcher kept = KEPT.matcher(wanted);
    Matcher runs = RUNS.matcher(wanted);
    if (wanted.equals("nobody serves")) {
      require(serving().isEmpty(), serving() + " serves");
    } else if (wanted.equals("both serve")) {
      require(serving().size() == 2, serving() + " serves");
    } else if (serves.matches()) {
      require(serving().equals(List.of(serves.group(1))), serving() + " serves");
    } else if (role.matches()) {
      State state = state(role.group(1));
      Role expected = Role.valueOf(role.group(2).toUpperCase(Locale.ROOT));
      require(state.role() == expected, "is " + state.role().word());
      String term = state.durable().term().toString();
      require(role.group(3) == null || role.group(3).equals(term), "it is term " + term);
    } else if (held.matches()) {
      List<Rule> rules = Checks.blockedBy(state(held.group(1)).situation());
      require(rules.contains(Rule.valueOf(held.group(2))), "held back by " + rules);
    } else if (free.matches()) {
      List<Rule> rules = Checks.blockedBy(state(free.group(1)).situation());
      require(rules.isEmpty(), "held back by " + rules);
    } else if (same.matches()) {
      Content one = machine(same.group(1)).content();
      Content other = machine(same.group(2)).content();
      require(one.isSameAs(other), one + " is not " + other);
    } else if (kept.matches()) {
      boolean any = !machine(kept.group(1)).salvaged().isEmpty();
      require(any == kept.group(2).equals("something"), any ? "something was kept" : "nothing was");
    } else if (runs.matches()) {
      boolean running = machine(runs.group(1)).serviceRuns();
      require(running == runs.group(2).equals("runs"), running ? "it runs" : "it does not");
    } else {
      throw new IllegalArgumentException("nothing can expect this");
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException("but " + otherwise);
    }
  }

  private List<String> serving() {
    return world.machines.stream().filter(Machine::isServing).map(Machine::label).toList();
  }

  private State state(String name) {
    return machine(name)
        .daemon()
        .orElseThrow(() -> new IllegalArgumentException("no daemon runs on " + name))
        .state();
  }

  private Machine machine(String name) {
    return world.machines.stream()
        .filter(machine -> machine.label().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no node " + name));
  }
}
