package understudy.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import understudy.failover.NodeName;
import understudy.linux.Account;

/**
 * What readiness says of the owners of this node's data on one peer.
 *
 * @param name of the check
 * @param fix empty: nothing is to be done
 */
record OwnerFinding(String name, Result result, String evidence, Optional<String> fix) {
  /** So many are told one by one. */
  static final int MOST_TOLD = 8;

  private static final String NOBODY = "nobody";
  private static final String FIX =
      "give each user and group the same number on both nodes: see Owners in docs/operate";

  /** How it stands. */
  enum Result {
    PASS("pass"),
    WARN("warn"),
    NOT_CHECKED("not checked");

    private final String word;

    Result(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }

  /** The peer did not answer, or this machine cannot be read. */
  static OwnerFinding notChecked(NodeName peer, String why) {
    return new OwnerFinding("owners on " + peer, Result.NOT_CHECKED, why, Optional.empty());
  }

  /**
   * Compares the names that this machine and the peer's give to the owners.
   *
   * @param owners with the datasets in which they occur
   * @param here names of those that have one, likewise {@code there}
   */
  static List<OwnerFinding> compare(
      NodeName peer,
      SortedMap<Account, ? extends SortedSet<String>> owners,
      Map<Account, String> here,
      Map<Account, String> there) {
    if (owners.isEmpty()) {
      return List.of();
    }
    var different = new ArrayList<OwnerFinding>();
    owners.forEach(
        (owner, datasets) -> {
          String own = here.getOrDefault(owner, NOBODY);
          String other = there.getOrDefault(owner, NOBODY);
          if (!own.equals(other)) {
            String name = owner + " of " + String.join(", ", datasets) + ", here and on " + peer;
            String told = owner + " is " + other + " on " + peer + " and " + own + " here";
            different.add(new OwnerFinding(name, Result.WARN, told, Optional.of(FIX)));
          }
        });
    if (different.isEmpty()) {
      String told = owners.size() + " users and groups of the data have the same names there";
      return List.of(new OwnerFinding("owners on " + peer, Result.PASS, told, Optional.empty()));
    }
    if (different.size() <= MOST_TOLD) {
      return List.copyOf(different);
    }
    String rest = different.size() - MOST_TOLD + " more users and groups have other names there";
    different.subList(MOST_TOLD, different.size()).clear();
    different.add(new OwnerFinding("owners on " + peer, Result.WARN, rest, Optional.of(FIX)));
    return List.copyOf(different);
  }
}
