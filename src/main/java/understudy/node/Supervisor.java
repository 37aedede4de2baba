package understudy.node;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.linux.Notify;
import understudy.linux.SystemCallException;
import understudy.resource.program.Program;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * What the service manager is told: ready, alive, stopping. Its watchdog is fed by the deciding
 * loop, not by a timer.
 */
final class Supervisor {
  private static final Logger LOG = LoggerFactory.getLogger(Supervisor.class);
  private static final int FEEDS_PER_LIMIT = 4;
  private static final Duration SYSTEMCTL_WITHIN = Duration.ofSeconds(3);

  private final Notify notify;
  private final boolean isSupervised;
  private final Clock clock;
  private final Duration feedEvery;
  private Moment feedDue;
  private volatile String role = "standby";

  /**
   * A supervisor link as the environment says.
   *
   * @param environment of this process, with {@code NOTIFY_SOCKET} and {@code WATCHDOG_USEC}
   */
  Supervisor(Map<String, String> environment, Clock clock) {
    this.notify = new Notify(environment);
    this.isSupervised = environment.containsKey("NOTIFY_SOCKET");
    this.clock = clock;
    this.feedEvery = notify.watchdog().orElse(Duration.ofDays(1)).dividedBy(FEEDS_PER_LIMIT);
    this.feedDue = clock.now();
  }

  void ready(String node) {
    tell(() -> notify.ready(node + ", " + role));
  }

  /** Called by the loop when the role has changed. */
  void role(String changed) {
    role = changed;
    tell(() -> notify.status(changed));
  }

  /** A supervisor runs this daemon and will start it again, unless the machine goes down. */
  boolean restarts() throws InterruptedException {
    if (!isSupervised) {
      return false;
    }
    return !(Program.of(List.of("systemctl", "is-system-running")).run(SYSTEMCTL_WITHIN)
            instanceof Program.Result.Exited(_, String word)
        && word.strip().equals("stopping"));
  }

  void stopping(String status) {
    tell(() -> notify.stopping(status));
  }

  /** Called on every turn of the loop, by the loop. */
  void alive() {
    if (notify.watchdog().isPresent() && !clock.now().isBefore(feedDue)) {
      feedDue = clock.now().plus(feedEvery);
      tell(notify::alive);
    }
  }

  private interface Message {
    void send() throws SystemCallException;
  }

  private static void tell(Message message) {
    try {
      message.send();
    } catch (SystemCallException unheard) {
      LOG.warn("the service manager does not hear us: {}", unheard.getMessage());
    }
  }
}
