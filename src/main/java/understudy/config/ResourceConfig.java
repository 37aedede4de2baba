package understudy.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One entry of {@code resources:}; started in the order written, stopped in reverse. */
public sealed interface ResourceConfig {

  /** How this resource is called in logs, status and messages; unique in the cluster. */
  String name();

  /**
   * {@code shared-ip: 10.0.0.50/24} with {@code interface: eth0}: an address that only the active
   * node has.
   */
  record SharedIp(String name, InetAddress address, int prefix, String networkInterface)
      implements ResourceConfig {}

  /**
   * {@code gate: ["8443/tcp", "10.0.0.50:443/tcp"]}: ports that answer only on the active node.
   * Shared IPs are always behind the gate.
   */
  record Gate(String name, List<GatedPort> ports) implements ResourceConfig {
    public Gate {
      ports = List.copyOf(ports);
    }
  }

  /** {@code unit: ledger.service}: a systemd unit. */
  record Unit(String name, String unit, Optional<Health> health) implements ResourceConfig {}

  /**
   * {@code command:} with {@code run:}: one long-lived process, supervised by us.
   *
   * @param run program and arguments, no shell
   * @param user runs as this user; empty: as the daemon's
   * @param stopAfter time from the polite signal (TERM) to KILL
   */
  record Supervised(
      String name,
      List<String> run,
      Optional<String> user,
      Optional<Path> directory,
      Map<String, String> environment,
      Duration stopAfter,
      Optional<Health> health)
      implements ResourceConfig {
    public Supervised {
      run = List.copyOf(run);
      environment = Map.copyOf(environment);
    }
  }

  /**
   * {@code command:} with {@code start:}, {@code stop:} and {@code check:}: three short commands.
   */
  record Script(
      String name,
      List<String> start,
      List<String> stop,
      List<String> check,
      Optional<Path> directory,
      Map<String, String> environment,
      Duration timeout)
      implements ResourceConfig {
    public Script {
      start = List.copyOf(start);
      stop = List.copyOf(stop);
      check = List.copyOf(check);
      environment = Map.copyOf(environment);
    }
  }

  /** A port behind the gate; no address: every address of the machine. */
  record GatedPort(Optional<InetAddress> address, int port, Protocol protocol) {}

  /** Transport protocols the gate knows. */
  enum Protocol {
    TCP,
    UDP
  }

  /**
   * How to see that a service is well: exactly one of an HTTP URL, a TCP endpoint, a command.
   *
   * @param restarts how often in ten minutes a sick service is started again here before the other
   *     node takes over
   */
  record Health(Probe probe, Duration every, int failures, Duration timeout, int restarts) {
    public static final int USUAL_RESTARTS = 2;

    public Health(Probe probe, Duration every, int failures, Duration timeout) {
      this(probe, every, failures, timeout, USUAL_RESTARTS);
    }
  }

  /** One way to ask a service. */
  sealed interface Probe {
    /** 2xx or 3xx is well. */
    record Http(String url) implements Probe {}

    /** A connection that opens is well. */
    record Tcp(Endpoint endpoint) implements Probe {}

    /** Exit 0 is well. */
    record Command(List<String> command) implements Probe {
      public Command {
        command = List.copyOf(command);
      }
    }
  }
}
