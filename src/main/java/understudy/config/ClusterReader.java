package understudy.config;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import understudy.config.DatasetConfig.Schedule;
import understudy.failover.OnFailure;
import understudy.sync.plan.CronTimes;

/** Reads the cluster document. */
final class ClusterReader {
  static final List<String> KEYS = List.of("cluster", "failover", "datasets", "resources");

  private ClusterReader() {}

  static Optional<ClusterConfig> readForWitness(Section root, Mistakes mistakes) {
    FailoverConfig failover =
        FailoverReader.read(root.section("failover", FailoverReader.KEYS), mistakes);
    return name(root).map(text -> new ClusterConfig(text, failover, List.of(), List.of()));
  }

  private static Optional<String> name(Section root) {
    return root.require("cluster", "{ name: ledger }")
        .flatMap(value -> value.section(List.of("name")))
        .flatMap(section -> section.require("name", "ledger"))
        .flatMap(value -> value.parsed(Names::plain));
  }

  static Optional<ClusterConfig> read(Section root, Mistakes mistakes) {
    Optional<String> name = name(root);
    List<DatasetConfig> datasets = DatasetsReader.read(root.find("datasets"));
    List<ResourceConfig> resources = ResourcesReader.read(root.find("resources"));
    FailoverConfig failover =
        FailoverReader.read(root.section("failover", FailoverReader.KEYS), mistakes);
    doubts(root, failover, datasets, resources);
    return name.map(text -> new ClusterConfig(text, failover, datasets, resources));
  }

  private static void doubts(
      Section root,
      FailoverConfig failover,
      List<DatasetConfig> datasets,
      List<ResourceConfig> resources) {
    Value place = root.find("failover").orElse(root.self());
    if (failover.arbiter() instanceof ArbiterConfig.Peer
        && failover.onFailure() == OnFailure.PROMOTE
        && failover.connectivityTest().isEmpty()) {
      place.doubtful(
          "no connectivity-test: a node that is itself cut off cannot tell",
          "write connectivity-test: [ROUTER] with an address that both nodes reach");
    }
    if (resources.isEmpty()) {
      root.self().doubtful("no resources: nothing moves in a failover", "");
    }
    failover
        .maxLoss()
        .ifPresent(
            limit ->
                datasets.stream()
                    .filter(dataset -> interval(dataset).compareTo(limit) >= 0)
                    .forEach(dataset -> rarelyInTime(place, dataset, limit)));
  }

  private static void rarelyInTime(Value place, DatasetConfig dataset, Duration limit) {
    place.doubtful(
        "max-loss %s is not above the interval %s of dataset '%s': a failover will often wait"
            .formatted(
                Durations.format(limit), Durations.format(interval(dataset)), dataset.name()),
        "sync more often or raise max-loss");
  }

  private static Duration interval(DatasetConfig dataset) {
    return switch (dataset.every()) {
      case Schedule.Continuous(Duration atMostEvery) -> atMostEvery;
      case Schedule.Every(Duration interval, var start) -> interval;
      case Schedule.Cron(var times) -> gap(times);
    };
  }

  /** The time between two runs, at a time as good as any. */
  private static Duration gap(CronTimes times) {
    Instant first = times.after(Instant.EPOCH);
    return Duration.between(first, times.after(first));
  }
}
