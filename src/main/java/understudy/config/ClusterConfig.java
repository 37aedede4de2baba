package understudy.config;

import java.util.List;

/** The cluster document: the same on every node. */
public record ClusterConfig(
    String name,
    FailoverConfig failover,
    List<DatasetConfig> datasets,
    List<ResourceConfig> resources) {
  public ClusterConfig {
    datasets = List.copyOf(datasets);
    resources = List.copyOf(resources);
  }
}
