package understudy.cli;

import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import understudy.config.ClusterConfig;
import understudy.config.DatasetConfig;
import understudy.sync.ExcludedPaths;
import understudy.sync.plan.TreePath;

@Command(
    name = "excluded",
    description =
        "What a dataset's exclude: keeps from being copied, on this machine: for a backup by hand.")
final class ExcludedCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Parameters(index = "0", paramLabel = "DATASET", description = "Of this dataset.")
  private String dataset = "";

  @Option(
      names = "--null",
      description = "The bytes of each path and a NUL, as tar --null and xargs -0 read them.")
  private boolean isForPrograms;

  ExcludedCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    DatasetConfig config = found();
    try {
      if (isForPrograms) {
        ExcludedPaths.walk(config, this::writeBytes);
        invocation.terminal().out().flush();
      } else {
        write(config);
      }
    } catch (IOException unreadable) {
      throw new Failure(
          ExitCode.FAILED,
          "the list is not complete: " + unreadable.getMessage(),
          "run it as root, on the machine that has the data",
          unreadable);
    }
    return ExitCode.DONE.number();
  }

  private void writeBytes(TreePath path) throws IOException {
    invocation.terminal().out().write(path.bytes());
    invocation.terminal().out().write(0);
    if (invocation.terminal().out().checkError()) {
      throw new IOException("nobody reads it any more");
    }
  }

  private void write(DatasetConfig config) throws IOException {
    List<String> paths = new ArrayList<>();
    ExcludedPaths.walk(config, path -> paths.add(path.toString()));
    Map<String, Object> answer =
        Map.of("dataset", config.name(), "path", config.path().toString(), "excluded", paths);
    invocation
        .answers()
        .write(
            Jsonb.instance().toJson(answer),
            () -> paths.isEmpty() ? "" : String.join("\n", paths) + "\n");
  }

  private DatasetConfig found() throws Failure {
    List<DatasetConfig> datasets =
        invocation
            .configuration()
            .cluster()
            .map(found -> found.config())
            .map(ClusterConfig::datasets)
            .orElse(List.of());
    return datasets.stream()
        .filter(one -> one.name().equals(dataset))
        .findFirst()
        .orElseThrow(
            () ->
                new Failure(
                    ExitCode.USAGE,
                    "no dataset is called '" + dataset + "'",
                    "there are: " + datasets.stream().map(DatasetConfig::name).toList()));
  }
}
