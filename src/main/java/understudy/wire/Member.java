package understudy.wire;

import java.security.cert.X509Certificate;
import java.util.List;
import understudy.config.Endpoint;
import understudy.failover.Designation;
import understudy.failover.NodeName;

/**
 * Another node of the cluster, as pinned here.
 *
 * @param certificate the only one accepted from it
 * @param addresses its TLS endpoints, tried in order; at least one, at most eight
 * @param links its own addresses for heartbeats, in the order that pairs them with ours; empty: the
 *     hosts of {@code addresses}
 */
public record Member(
    NodeName name,
    Designation designation,
    X509Certificate certificate,
    List<Endpoint> addresses,
    List<String> links) {
  private static final int MOST_ADDRESSES = 8;

  public Member {
    addresses = List.copyOf(addresses);
    links = List.copyOf(links);
    if (addresses.isEmpty() || addresses.size() > MOST_ADDRESSES) {
      throw new IllegalArgumentException(
          "node " + name + " needs 1 to " + MOST_ADDRESSES + " addresses");
    }
    if (links.size() > MOST_ADDRESSES) {
      throw new IllegalArgumentException(
          "node " + name + " has more than " + MOST_ADDRESSES + " links");
    }
  }

  public Fingerprint fingerprint() {
    return Fingerprint.of(certificate);
  }
}
