package understudy.node;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import understudy.failover.Designation;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.failover.Policy;
import understudy.sync.plan.Relation;

/**
 * Who should serve when the nodes disagree, item by item in a fixed order; the first item that
 * tells the candidates apart decides. Pure.
 *
 * @param items every item with what it says, also those that say nothing
 */
record Evidence(NodeName survivor, List<String> items) {

  /**
   * Who has the shared addresses.
   *
   * @param holder the only candidate that has them; empty: none, several, or there are none
   */
  record Addresses(Optional<NodeName> holder, String sentence) {

    /**
     * What the candidates say of themselves.
     *
     * @param had by candidate that could be asked: the addresses that it has
     * @param unasked who could not be asked
     */
    static Addresses seen(SortedMap<NodeName, List<String>> had, List<NodeName> unasked) {
      List<NodeName> holders =
          had.entrySet().stream()
              .filter(entry -> !entry.getValue().isEmpty())
              .map(Map.Entry::getKey)
              .toList();
      String silence = unasked.isEmpty() ? "" : "; not asked: " + unasked;
      return switch (holders.size()) {
        case 0 -> new Addresses(Optional.empty(), "nobody has one" + silence);
        case 1 ->
            // who could not be asked may have it too
            new Addresses(
                Optional.of(holders.getFirst()).filter(_ -> unasked.isEmpty()),
                holders.getFirst()
                    + " has "
                    + String.join(", ", had.getOrDefault(holders.getFirst(), List.of()))
                    + silence);
        default -> new Addresses(Optional.empty(), holders + " have it, which tells nothing");
      };
    }
  }

  /**
   * Whose data come from whose.
   *
   * @param newest the only candidate that has all that the others have, and more
   */
  record Descent(Optional<NodeName> newest, String sentence) {
    static final Descent UNKNOWN = new Descent(Optional.empty(), "not all could be asked");

    /**
     * As told by generations, never by clocks.
     *
     * @param stands how the data of {@code self} stand to those of each other candidate
     */
    static Descent seen(NodeName self, SortedMap<NodeName, Relation> stands) {
      List<NodeName> ahead = of(stands, Relation.BEHIND);
      List<NodeName> behind = of(stands, Relation.AHEAD);
      List<NodeName> same = of(stands, Relation.SAME);
      if (ahead.size() + behind.size() + same.size() < stands.size()) {
        return new Descent(Optional.empty(), "they went apart, or too long ago to tell");
      }
      if (ahead.isEmpty() && behind.isEmpty()) {
        return new Descent(Optional.empty(), "all have the same, which tells nothing");
      }
      if (ahead.isEmpty() && same.isEmpty()) {
        return new Descent(Optional.of(self), self + " has all that " + behind + " has, and more");
      }
      return ahead.size() == 1
          ? new Descent(
              Optional.of(ahead.getFirst()),
              ahead.getFirst() + " has all that " + self + " has, and more")
          : new Descent(Optional.empty(), "several have more than " + self + ", or as much");
    }

    private static List<NodeName> of(SortedMap<NodeName, Relation> stands, Relation wanted) {
      return stands.entrySet().stream()
          .filter(entry -> entry.getValue() == wanted)
          .map(Map.Entry::getKey)
          .toList();
    }
  }

  Evidence {
    items = List.copyOf(items);
  }

  /**
   * Weighs the candidates.
   *
   * @param candidates at least one
   * @param addresses what a look at the shared addresses told
   * @param descent what a look at the data told
   */
  static Evidence weigh(
      Policy policy, List<Heartbeat> candidates, Addresses addresses, Descent descent) {
    var items = new ArrayList<String>();
    var decided = new ArrayList<NodeName>();
    items.add("shared IP: " + addresses.sentence());
    addresses.holder().ifPresent(decided::add);
    items.add("newer data: " + descent.sentence());
    descent.newest().ifPresent(decided::add);
    latest(candidates, items).ifPresent(decided::add);
    Heartbeat first =
        candidates.stream()
            .min(
                Comparator.comparing((Heartbeat candidate) -> designation(policy, candidate))
                    .thenComparing(Heartbeat::from))
            .orElseThrow();
    items.add("designation: " + first.from() + " is " + designation(policy, first).word());
    decided.add(first.from());
    NodeName survivor = decided.getFirst();
    items.add(survivor + " is chosen by the first item that tells them apart");
    return new Evidence(survivor, items);
  }

  /** Where generations do not tell: data descend from reign to reign, whatever clocks say. */
  private static Optional<NodeName> latest(List<Heartbeat> candidates, List<String> items) {
    Comparator<Heartbeat> byServed = Comparator.comparing(Heartbeat::served);
    Heartbeat best = candidates.stream().max(byServed).orElseThrow();
    boolean unique =
        candidates.stream().filter(other -> byServed.compare(other, best) == 0).count() == 1;
    String reigns =
        candidates.stream()
            .map(candidate -> candidate.from() + " served last in term " + candidate.served())
            .collect(Collectors.joining(", "));
    items.add("later reign: " + reigns + (unique ? "" : ": tells nothing"));
    return unique && candidates.size() > 1 ? Optional.of(best.from()) : Optional.empty();
  }

  private static Designation designation(Policy policy, Heartbeat candidate) {
    Function<NodeName, Designation> known =
        name -> policy.peers().getOrDefault(name, Designation.DR);
    return candidate.from().equals(policy.self())
        ? policy.designation()
        : known.apply(candidate.from());
  }
}
