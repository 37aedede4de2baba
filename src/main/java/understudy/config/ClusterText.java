package understudy.config;

import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import understudy.config.DatasetConfig.Schedule;
import understudy.failover.OnFailure;

/** The cluster document as a person would like to find it. */
final class ClusterText {
  private static final String NO_LIMIT = "# max-loss: 2m";
  private static final String NO_DATASETS =
      """
      # What the standby keeps a copy of.
      datasets: []
      #  - { name: files, path: /srv/files, every: continuous, exclude: ["cache/**"] }
      """;
  private static final String NO_RESOURCES =
      """
      # What only the active node has; started in this order, stopped in reverse.
      resources: []
      #  - { shared-ip: 10.0.0.50/24, interface: eth0 }
      #  - { unit: ledger.service, health: { http: "http://127.0.0.1:8080/health" } }
      """;

  private ClusterText() {}

  static String of(ClusterConfig config) {
    StringBuilder text = new StringBuilder();
    text.append("# Understudy: the cluster document, the same on every node.\n");
    text.append("# Check after editing: understudy config validate\n");
    text.append("cluster:\n  name: ").append(Yaml.text(config.name())).append("\n\nfailover:\n");
    failover(config.failover()).forEach(line -> text.append(line).append('\n'));
    return text.append('\n')
        .append(datasets(config.datasets()))
        .append('\n')
        .append(resources(config.resources()))
        .toString();
  }

  private static List<String> failover(FailoverConfig failover) {
    var lines = new ArrayList<>(ArbiterText.lines(failover.arbiter()));
    lines.addAll(timing(failover));
    failover
        .fence()
        .ifPresent(
            fence ->
                lines.add(
                    "  fence: { command: %s, within: %s }"
                        .formatted(Yaml.list(fence.command()), Durations.format(fence.within()))));
    return lines;
  }

  private static List<String> timing(FailoverConfig failover) {
    return List.of(
        "  heartbeat: { interval: %s, failures: %d, recheck: %s }"
            .formatted(
                Durations.format(failover.interval()),
                failover.failures(),
                Durations.format(failover.recheck())),
        line(
            "primary-timeout: " + Durations.format(failover.primaryTimeout()),
            "silence after which the standby may take over"),
        line(
            "lease: " + Durations.format(failover.lease()),
            "a cut-off active node has stopped by then"),
        line("on-failure: " + word(failover.onFailure()), "promote | ask | keep-standby"),
        line(
            "connectivity-test: " + Yaml.list(failover.connectivityTest()),
            "addresses that tell a node whether it is itself cut off"),
        line(
            failover.maxLoss().map(most -> "max-loss: " + Durations.format(most)).orElse(NO_LIMIT),
            "older data stops an automatic takeover"),
        "  start-within: " + Durations.format(failover.startWithin()),
        "  stop-within: " + Durations.format(failover.stopWithin()),
        "  sync-within: " + Durations.format(failover.syncWithin()),
        line(
            failover
                .failback()
                .map(soak -> "failback: { after: " + Durations.format(soak) + " }")
                .orElse("failback: manual"),
            "manual | { after: 10m }"));
  }

  private static String line(String setting, String comment) {
    return "  %-26s # %s".formatted(setting, comment);
  }

  private static String word(OnFailure onFailure) {
    return switch (onFailure) {
      case PROMOTE -> "promote";
      case ASK -> "ask";
      case KEEP_STANDBY -> "keep-standby";
    };
  }

  private static String datasets(List<DatasetConfig> datasets) {
    return datasets.isEmpty()
        ? NO_DATASETS
        : datasets.stream()
            .map(ClusterText::dataset)
            .collect(Collectors.joining("", "datasets:\n", ""));
  }

  private static String dataset(DatasetConfig dataset) {
    DatasetConfig.Selection selection = dataset.selection();
    return "  - { name: %s, path: %s, every: %s%s%s%s%s }\n"
        .formatted(
            Yaml.text(dataset.name()),
            Yaml.text(dataset.path().toString()),
            schedule(dataset.every()),
            globs("exclude", selection.exclude()),
            globs("include", selection.include()),
            keeping(dataset.keeping()),
            limit(dataset.limit()));
  }

  private static String globs(String key, List<String> globs) {
    return globs.isEmpty() ? "" : ", " + key + ": " + Yaml.list(globs);
  }

  private static String limit(Limit limit) {
    if (limit.spans().isEmpty()) {
      return "";
    }
    Limit.Span first = limit.spans().getFirst();
    return limit.spans().size() == 1 && first.hours().isEmpty()
        ? ", limit: " + rate(first)
        : limit.spans().stream()
            .map(ClusterText::span)
            .collect(Collectors.joining(", ", ", limit: [", "]"));
  }

  private static String span(Limit.Span span) {
    String hours =
        span.hours()
            .map(at -> "from: \"%s\", to: \"%s\", ".formatted(at.from(), at.to()))
            .orElse("");
    return "{ " + hours + "rate: " + rate(span) + " }";
  }

  private static String rate(Limit.Span span) {
    return Sizes.format(span.bytesPerSecond()) + "/s";
  }

  private static String keeping(DatasetConfig.Keeping keeping) {
    DatasetConfig.Keeping usual = DatasetConfig.Keeping.USUAL;
    StringBuilder text = new StringBuilder();
    if (keeping.mode() == DatasetConfig.Mode.MERGE) {
      text.append(", mode: merge");
    }
    if (!keeping.keepFor().equals(usual.keepFor()) || keeping.keepBytes().isPresent()) {
      text.append(", keep: { for: ").append(Durations.format(keeping.keepFor()));
      keeping.keepBytes().ifPresent(size -> text.append(", size: ").append(Sizes.format(size)));
      text.append(" }");
    }
    if (keeping.maxDelete() != usual.maxDelete()) {
      text.append(", max-delete: ").append(Math.round(keeping.maxDelete() * 100)).append('%');
    }
    keeping.verify().ifPresent(when -> text.append(", verify: ").append(schedule(when)));
    return text.toString();
  }

  private static String schedule(Schedule schedule) {
    return switch (schedule) {
      case Schedule.Continuous continuous -> "continuous";
      case Schedule.Every(var interval, LocalTime start) ->
          start.equals(LocalTime.MIDNIGHT)
              ? Durations.format(interval)
              : "{ every: %s, start: \"%s\" }".formatted(Durations.format(interval), start);
      case Schedule.Cron(var times) ->
          times.zone().equals(ZoneOffset.UTC)
              ? "{ cron: \"%s\" }".formatted(times.text())
              : "{ cron: \"%s\", zone: %s }".formatted(times.text(), times.zone());
    };
  }

  private static String resources(List<ResourceConfig> resources) {
    return resources.isEmpty()
        ? NO_RESOURCES
        : resources.stream()
            .map(resource -> "  - " + ResourceText.of(resource) + "\n")
            .collect(
                Collectors.joining(
                    "", "resources: # started in this order, stopped in reverse\n", ""));
  }
}
