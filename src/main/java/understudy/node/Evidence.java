package understudy.node;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import understudy.failover.Designation;
import understudy.failover.Heartbeat;
import understudy.failover.NodeName;
import understudy.failover.Policy;

/**
 * Who should serve when the nodes disagree, item by item in a fixed order; the first item that
 * tells the candidates apart decides. Pure.
 *
 * @param items every item with what it says, also those that say nothing
 */
record Evidence(NodeName survivor, List<String> items) {

  Evidence {
    items = List.copyOf(items);
  }

  /**
   * Weighs the candidates.
   *
   * @param candidates at least one
   * @param addressHolder who was seen to have the shared address; empty: nobody, or there is none
   */
  static Evidence weigh(
      Policy policy, List<Heartbeat> candidates, Optional<NodeName> addressHolder) {
    var items = new ArrayList<String>();
    var decided = new ArrayList<NodeName>();
    Optional<NodeName> holds =
        addressHolder.filter(
            name -> candidates.stream().anyMatch(candidate -> candidate.from().equals(name)));
    items.add("shared IP: " + holds.map(name -> name + " has it").orElse("tells nothing"));
    holds.ifPresent(decided::add);
    items.add("DNS name: none is managed here");
    items.add("agents: none are enrolled");
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

  /**
   * Data descends from reign to reign, so the later reign has the newer head, whatever clocks say.
   */
  private static Optional<NodeName> latest(List<Heartbeat> candidates, List<String> items) {
    Comparator<Heartbeat> byReign = Comparator.comparing(Heartbeat::reign);
    Heartbeat best = candidates.stream().max(byReign).orElseThrow();
    boolean unique =
        candidates.stream().filter(other -> byReign.compare(other, best) == 0).count() == 1;
    String reigns =
        candidates.stream()
            .map(candidate -> candidate.from() + " served last in term " + candidate.reign())
            .collect(Collectors.joining(", "));
    items.add("newer data: " + reigns + (unique ? "" : ": tells nothing"));
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
