package understudy.simulator;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import understudy.failover.NodeName;
import understudy.failover.Request;

/** What an operator asks for in a script, in the words of the command line. */
final class Wishes {
  private static final Pattern NAMED =
      Pattern.compile("(switchover|resolve)(?: to| for)? ([a-z0-9][a-z0-9-]*)(.*)");

  private final World world;

  Wishes(World world) {
    this.world = world;
  }

  void ask(Machine machine, String words) {
    machine
        .daemon()
        .orElseThrow(() -> new IllegalArgumentException("no daemon runs there"))
        .ask(request(words));
  }

  private Request request(String words) {
    boolean even = words.endsWith(" --even-if-peer-unreachable");
    String wish = even ? words.substring(0, words.length() - 27).strip() : words;
    Matcher named = NAMED.matcher(wish);
    if (named.matches()) {
      Optional<NodeName> node = Optional.of(new NodeName(named.group(2)));
      return named.group(1).equals("resolve")
          ? new Request.Resolve(node)
          : new Request.Switchover(!named.group(3).contains("--no-sync"), even, node);
    }
    return switch (wish) {
      case "switchover" -> new Request.Switchover(true, even, Optional.empty());
      case "switchover --no-sync" -> new Request.Switchover(false, even, Optional.empty());
      case "promote" -> new Request.Promote(false);
      case "promote --force" -> new Request.Promote(true);
      case "demote" -> new Request.Demote(even);
      case "failback" -> new Request.Failback();
      case "pause" -> new Request.Pause(Optional.empty(), "maintenance");
      case "pause for an hour" ->
          new Request.Pause(
              Optional.of(world.machines.getFirst().wall().plus(Duration.ofHours(1))),
              "maintenance");
      case "resume" -> new Request.Resume();
      case "cancel" -> new Request.Cancel();
      case "clients hold" -> new Request.Clients(true);
      case "clients admit" -> new Request.Clients(false);
      case "resolve" -> new Request.Resolve(Optional.empty());
      default -> throw new IllegalArgumentException("nobody can ask '" + words + "'");
    };
  }
}
