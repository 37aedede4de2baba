package understudy.demo.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What may break between the hosts of {@link Namespaces}, and its repair. Each deed may be repeated
 * and is in effect when the call returns.
 */
public final class Faults {
  private static final String TABLE = "bridge understudy_lab";

  private final Namespaces namespaces;

  Faults(Namespaces namespaces) {
    this.namespaces = namespaces;
  }

  void prepare() throws LabException {
    namespaces.nftInSwitch(
        """
        table %s {
          chain forward { type filter hook forward priority 0; policy accept; }
          chain input { type filter hook input priority 0; policy accept; }
          chain output { type filter hook output priority 0; policy accept; }
        }
        """
            .formatted(TABLE));
  }

  /** Takes the cable of this link out of the host: it sees no carrier. */
  public void unplug(String host, int link) throws LabException {
    namespaces.ipInSwitch(List.of("link set " + namespaces.port(host, link) + " down"));
  }

  /** Puts the cable of this link back. */
  public void plug(String host, int link) throws LabException {
    namespaces.ipInSwitch(List.of("link set " + namespaces.port(host, link) + " up"));
  }

  /** The host without power: its cables are out and its processes ended, in this order. */
  public void powerOff(String host) throws LabException {
    for (int link = 0; link < namespaces.links(); link++) {
      unplug(host, link);
    }
    namespaces.kill(host);
  }

  /** Nothing that one host sends reaches the other any more; the way back still works. */
  public void drop(String from, String to) throws LabException {
    List<String> rules = new ArrayList<>();
    for (int link = 0; link < namespaces.links(); link++) {
      rules.add(
          "add rule %s forward iifname %s oifname %s drop"
              .formatted(TABLE, namespaces.port(from, link), namespaces.port(to, link)));
    }
    add(rules);
  }

  /** Neither host reaches the other; all others reach both. */
  public void part(String one, String other) throws LabException {
    drop(one, other);
    drop(other, one);
  }

  /**
   * What one host and the other say to each other on this port, by TCP and UDP, is lost; all else
   * still works.
   */
  public void mute(String one, String other, int port) throws LabException {
    List<String> rules = new ArrayList<>();
    for (int link = 0; link < namespaces.links(); link++) {
      String here = namespaces.port(one, link);
      String there = namespaces.port(other, link);
      for (String way : List.of(here + " oifname " + there, there + " oifname " + here)) {
        for (String end : List.of("sport", "dport")) {
          rules.add(
              "add rule %s forward iifname %s meta l4proto { tcp, udp } th %s %d drop"
                  .formatted(TABLE, way, end, port));
        }
      }
    }
    add(rules);
  }

  /** The host and the switch's own address, the connectivity test, do not reach each other. */
  public void hideGateway(String host) throws LabException {
    List<String> rules = new ArrayList<>();
    for (int link = 0; link < namespaces.links(); link++) {
      String port = namespaces.port(host, link);
      rules.add("add rule %s input iifname %s drop".formatted(TABLE, port));
      rules.add("add rule %s output oifname %s drop".formatted(TABLE, port));
    }
    add(rules);
  }

  /** The host reaches nothing and nothing reaches it, while its cables show a carrier. */
  public void isolate(String host) throws LabException {
    isolate(List.of(host));
  }

  /** These hosts reach each other and nobody else, while their cables show a carrier. */
  public void isolate(List<String> hosts) throws LabException {
    List<String> rules = new ArrayList<>();
    for (int link = 0; link < namespaces.links(); link++) {
      int each = link;
      String ports =
          hosts.stream()
              .map(host -> namespaces.port(host, each))
              .collect(Collectors.joining(", ", "{ ", " }"));
      for (String way : List.of("iifname %s oifname != %s", "oifname %s iifname != %s")) {
        String crossing = way.formatted(ports, ports);
        rules.add("add rule %s forward %s drop".formatted(TABLE, crossing));
      }
    }
    add(rules);
    for (String host : hosts) {
      hideGateway(host);
    }
  }

  /**
   * A share of the packets to and from the host is lost on this link.
   *
   * @param percent 1 to 99
   */
  public void lose(String host, int link, int percent) throws LabException {
    if (percent < 1 || percent > 99) {
      throw new IllegalArgumentException("a loss of 1 to 99 percent, not " + percent);
    }
    String port = namespaces.port(host, link);
    add(
        List.of(
            "add rule %s forward iifname %s numgen random mod 100 < %d drop"
                .formatted(TABLE, port, percent),
            "add rule %s forward oifname %s numgen random mod 100 < %d drop"
                .formatted(TABLE, port, percent)));
  }

  /** Ends every drop, part, isolation and loss, and puts all cables of these hosts back. */
  public void heal(List<String> hosts) throws LabException {
    add(List.of("flush table " + TABLE));
    for (String host : hosts) {
      for (int link = 0; link < namespaces.links(); link++) {
        plug(host, link);
      }
    }
  }

  private void add(List<String> script) throws LabException {
    namespaces.nftInSwitch(String.join("\n", script) + "\n");
  }
}
