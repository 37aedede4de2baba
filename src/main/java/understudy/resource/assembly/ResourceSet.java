package understudy.resource.assembly;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.config.ResourceConfig;
import understudy.failover.Term;
import understudy.resource.Condition;
import understudy.resource.Lapsing;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.resource.Resource;
import understudy.resource.address.SharedIp;
import understudy.resource.command.StartStopScript;
import understudy.resource.command.SupervisedProcess;
import understudy.resource.command.Surroundings;
import understudy.resource.gate.Gate;
import understudy.resource.gate.NftablesGate;
import understudy.resource.gate.Protection;
import understudy.resource.unit.SystemdUnit;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * All resources of a node in their order, and the gate before them. Starting and stopping come from
 * one thread at a time; {@link #extend} from the renewing thread, also meanwhile.
 */
public final class ResourceSet implements Lapsing {
  private static final Logger LOG = LoggerFactory.getLogger(ResourceSet.class);

  /** What even the last of a series gets, however late the ones before it were. */
  private static final Duration LEAST = Duration.ofMillis(500);

  private final List<Resource> resources;
  private final Gate gate;
  private final Map<ResourceConfig, Resource> made;
  private final Protection protection;

  /** How one resource's start or stop ended. */
  public record Step(String resource, Outcome outcome, Duration took) {}

  /** How a start or stop of all ended, in the order in which it was done. */
  public record Report(List<Step> steps) {
    public Report {
      steps = List.copyOf(steps);
    }

    public boolean isDone() {
      return steps.stream().allMatch(step -> step.outcome().isDone());
    }

    public List<Step> failures() {
      return steps.stream().filter(step -> !step.outcome().isDone()).toList();
    }
  }

  /** The condition of one resource. */
  public record Checked(String resource, Condition condition) {}

  /** A readiness finding and whose it is. */
  public record Finding(String resource, Readiness readiness) {}

  public ResourceSet(List<Resource> resources, Gate gate) {
    this(resources, gate, Map.of(), Protection.of(List.of()));
  }

  private ResourceSet(
      List<Resource> resources,
      Gate gate,
      Map<ResourceConfig, Resource> made,
      Protection protection) {
    this.resources = List.copyOf(resources);
    this.gate = gate;
    this.made = made;
    this.protection = protection;
  }

  /** What a node's configuration asks for, on this machine. */
  public static ResourceSet of(List<ResourceConfig> configs, Surroundings surroundings, Clock clock)
      throws InterruptedException {
    Protection protection = Protection.of(configs);
    Gate gate = NftablesGate.of(id(surroundings), protection, clock);
    return of(configs, Map.of(), surroundings, gate, protection, clock);
  }

  /**
   * What a changed configuration asks for. What stays as it is, is the same resource as before; the
   * rest of this set is for the caller to stop and release: {@link #without}. A gate that protects
   * something else is made anew and must be ensured.
   */
  public ResourceSet changedTo(List<ResourceConfig> configs, Surroundings surroundings, Clock clock)
      throws InterruptedException {
    Protection now = Protection.of(configs);
    Gate same = now.equals(protection) ? gate : NftablesGate.of(id(surroundings), now, clock);
    return of(configs, made, surroundings, same, now, clock);
  }

  /**
   * How to tell whether they are well, by resource; those that say nothing about it are missing.
   */
  public Map<String, ResourceConfig.Health> healths() {
    Map<String, ResourceConfig.Health> healths = new LinkedHashMap<>();
    made.forEach(
        (config, resource) -> health(config).ifPresent(it -> healths.put(resource.name(), it)));
    return healths;
  }

  private static Optional<ResourceConfig.Health> health(ResourceConfig config) {
    return switch (config) {
      case ResourceConfig.Unit unit -> unit.health();
      case ResourceConfig.Supervised supervised -> supervised.health();
      case ResourceConfig.SharedIp _, ResourceConfig.Gate _, ResourceConfig.Script _ ->
          Optional.empty();
    };
  }

  /** Resources of this set that {@code next} does not have, in order. */
  public List<Resource> without(ResourceSet next) {
    return resources.stream().filter(resource -> !next.resources.contains(resource)).toList();
  }

  private static String id(Surroundings surroundings) {
    return surroundings.cluster() + "_" + surroundings.node();
  }

  private static ResourceSet of(
      List<ResourceConfig> configs,
      Map<ResourceConfig, Resource> known,
      Surroundings surroundings,
      Gate gate,
      Protection protection,
      Clock clock) {
    Map<ResourceConfig, Resource> made = new LinkedHashMap<>();
    for (ResourceConfig config : configs) {
      Optional<Resource> resource =
          Optional.ofNullable(known.get(config)).or(() -> resource(config, surroundings, clock));
      resource.ifPresent(it -> made.put(config, it));
    }
    return new ResourceSet(List.copyOf(made.values()), gate, made, protection);
  }

  /** Empty for what the one gate of the set stands for. */
  private static Optional<Resource> resource(
      ResourceConfig config, Surroundings surroundings, Clock clock) {
    return switch (config) {
      case ResourceConfig.SharedIp shared -> Optional.of(new SharedIp(shared, clock));
      case ResourceConfig.Unit unit ->
          Optional.of(new SystemdUnit(unit, List.of("systemctl"), surroundings, clock));
      case ResourceConfig.Supervised supervised ->
          Optional.of(new SupervisedProcess(supervised, surroundings, clock));
      case ResourceConfig.Script script -> Optional.of(new StartStopScript(script, surroundings));
      case ResourceConfig.Gate _ -> Optional.empty();
    };
  }

  public Gate gate() {
    return gate;
  }

  public List<Resource> resources() {
    return resources;
  }

  /** Starts all in order; stops at the first failure, which is the last step of the report. */
  public Report startAll(Term term, Duration within) throws InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    List<Step> steps = new ArrayList<>();
    for (Resource resource : resources) {
      long begun = System.nanoTime();
      Outcome outcome = resource.start(term, left(deadline));
      steps.add(step(resource, outcome, begun));
      if (!outcome.isDone()) {
        break;
      }
    }
    return new Report(steps);
  }

  /** Stops all in reverse order, going on after a failure. */
  public Report stopAll(Duration within) throws InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    List<Step> steps = new ArrayList<>();
    for (Resource resource : resources.reversed()) {
      long begun = System.nanoTime();
      steps.add(step(resource, resource.stop(left(deadline)), begun));
    }
    return new Report(steps);
  }

  private static Step step(Resource resource, Outcome outcome, long begun) {
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    switch (outcome) {
      case Outcome.Done done -> LOG.debug("{} ({} ms)", done.evidence(), took.toMillis());
      case Outcome.Failed failed -> LOG.error("{}; to do: {}", failed.reason(), failed.fix());
    }
    return new Step(resource.name(), outcome, took);
  }

  private static Duration left(long deadline) {
    Duration left = Duration.ofNanos(deadline - System.nanoTime());
    return left.compareTo(LEAST) < 0 ? LEAST : left;
  }

  /** Tells every lapsing resource and the gate until when the mandate is valid. */
  @Override
  public void extend(Moment until) {
    gate.extend(until);
    for (Resource resource : resources) {
      if (resource instanceof Lapsing lapsing) {
        lapsing.extend(until);
      }
    }
  }

  /** Tells the network again where the shared addresses are: after every conflict and heal. */
  public void announceAgain() {
    for (Resource resource : resources) {
      if (resource instanceof SharedIp address) {
        address.announceAgain();
      }
    }
  }

  /** Somebody asked the links at this moment and found that nobody has the shared addresses. */
  public void foundSilent(Moment askedAt) {
    for (Resource resource : resources) {
      if (resource instanceof SharedIp address) {
        address.foundSilent(askedAt);
      }
    }
  }

  public List<Checked> check() throws InterruptedException {
    List<Checked> conditions = new ArrayList<>();
    for (Resource resource : resources) {
      conditions.add(new Checked(resource.name(), resource.check()));
    }
    return conditions;
  }

  public List<Finding> readiness() throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    gate.readiness().forEach(it -> findings.add(new Finding("gate", it)));
    for (Resource resource : resources) {
      resource.readiness().forEach(it -> findings.add(new Finding(resource.name(), it)));
    }
    return findings;
  }

  /** Closes what this process keeps open; what runs goes on until the mandate ends. */
  public void release() {
    resources.forEach(Resource::release);
    gate.release();
  }
}
