package understudy.resource.gate;

/**
 * The table of the gate in nft's language.
 *
 * <p>All protected destinations share the mandate, so one element per family in the set {@code
 * open} or {@code hold} says what passes: a refresh costs the same for one address as for hundred,
 * and all of them lapse at the same instant. The set holds the protocol family of the packet, which
 * every packet has.
 *
 * <p>The chain sits at prerouting, after connection tracking and before address translation: so
 * ports that a container engine forwards elsewhere are caught too. Neighbour discovery passes (ARP
 * is never seen here), as does the loopback interface. While clients are held, new connections are
 * dropped rather than refused: a client that hears nothing tries again within a second and then
 * meets the next holder, one that is refused gives up.
 *
 * <p>The table has no owner flag: it must outlive this process, so that its rules drop what the
 * lapsed elements no longer admit.
 */
final class GateScript {
  static final String OPEN = "open";
  static final String HOLD = "hold";

  private GateScript() {}

  /** Makes or renews the table in one transaction; live elements of open and hold stay. */
  static String ensure(String table, Protection protection) {
    return """
    add table inet TABLE
    add set inet TABLE open { typeof meta nfproto; flags timeout; }
    add set inet TABLE hold { typeof meta nfproto; flags timeout; }
    add set inet TABLE addresses4 { type ipv4_addr; }
    add set inet TABLE addresses6 { type ipv6_addr; }
    add set inet TABLE endpoints4 { type ipv4_addr . inet_proto . inet_service; }
    add set inet TABLE endpoints6 { type ipv6_addr . inet_proto . inet_service; }
    add set inet TABLE ports { type inet_proto . inet_service; }
    add chain inet TABLE guard
    add chain inet TABLE entrance { type filter hook prerouting priority mangle; policy accept; }
    flush chain inet TABLE entrance
    flush chain inet TABLE guard
    flush set inet TABLE addresses4
    flush set inet TABLE addresses6
    flush set inet TABLE endpoints4
    flush set inet TABLE endpoints6
    flush set inet TABLE ports
    add rule inet TABLE guard meta nfproto @open accept
    add rule inet TABLE guard meta nfproto @hold ct state established,related accept
    add rule inet TABLE guard counter drop
    add rule inet TABLE entrance iif lo accept
    add rule inet TABLE entrance icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
    add rule inet TABLE entrance ip daddr @addresses4 goto guard
    add rule inet TABLE entrance ip6 daddr @addresses6 goto guard
    add rule inet TABLE entrance ip daddr . meta l4proto . th dport @endpoints4 goto guard
    add rule inet TABLE entrance ip6 daddr . meta l4proto . th dport @endpoints6 goto guard
    add rule inet TABLE entrance fib daddr type { local, broadcast, multicast } \
    meta l4proto . th dport @ports goto guard
    """
            .replace("TABLE", table)
        + elements(table, "addresses4", protection.addressElements(false))
        + elements(table, "addresses6", protection.addressElements(true))
        + elements(table, "endpoints4", protection.endpointElements(false))
        + elements(table, "endpoints6", protection.endpointElements(true))
        + elements(table, "ports", protection.portElements());
  }

  /** Replaces a table of another shape. */
  static String replace(String table, Protection protection) {
    return remove(table) + ensure(table, protection);
  }

  /** Removes the table, whether it exists or not. */
  static String remove(String table) {
    return "add table inet " + table + "\ndelete table inet " + table + "\n";
  }

  private static String elements(String table, String set, String elements) {
    return elements.isEmpty()
        ? ""
        : "add element inet " + table + " " + set + " { " + elements + " }\n";
  }
}
