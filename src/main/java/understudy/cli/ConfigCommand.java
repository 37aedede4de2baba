package understudy.cli;

import io.avaje.jsonb.Jsonb;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import understudy.config.ConfigReader;
import understudy.config.ConfigWriter;
import understudy.config.Configuration;
import understudy.config.Problem;
import understudy.config.Read;

@Command(
    name = "config",
    description =
        "show: what is in force, defaults included; validate: check, without a daemon; set, import:"
            + " change the cluster document on all nodes; export: print it.")
final class ConfigCommand implements Callable<Integer> {
  /** What to do. */
  enum Wish {
    SHOW,
    VALIDATE,
    SET,
    EXPORT,
    IMPORT;

    /** As users write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Invocation invocation;

  @Parameters(
      index = "0",
      paramLabel = "show|validate|set|export|import",
      description = "What to do.")
  private Wish wish = Wish.SHOW;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "PATH",
      description =
          "validate: directory, node.yaml or cluster.yaml (default: as --config); import: the file,"
              + " or - for stdin; set: a key, such as failover.max-loss.")
  private @Nullable String path;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "VALUE",
      description = "set: the new value.")
  private @Nullable String value;

  ConfigCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    return switch (wish) {
      case SHOW -> show(invocation.configuration());
      case VALIDATE -> validate(path == null ? invocation.configPlace() : Path.of(path));
      case SET -> new DocumentChange(invocation).set(path, value);
      case EXPORT -> new DocumentChange(invocation).export();
      case IMPORT -> new DocumentChange(invocation).load(path);
    };
  }

  private int show(Configuration configuration) {
    String node = ConfigWriter.text(configuration.node());
    String cluster =
        configuration.cluster().map(found -> ConfigWriter.text(found.config())).orElse("");
    Map<String, Object> both = new LinkedHashMap<>();
    both.put("node", values(node));
    if (!cluster.isEmpty()) {
      both.put("cluster", values(cluster));
    }
    String separator = cluster.isEmpty() ? "" : "\n---\n";
    invocation.answers().write(json(both), () -> node + separator + cluster);
    return ExitCode.DONE.number();
  }

  private int validate(Path place) {
    boolean clusterOnly = place.endsWith(ConfigReader.CLUSTER_FILE);
    Read<?> read =
        clusterOnly ? ConfigReader.readCluster(place, Map.of()) : ConfigReader.read(place);
    boolean isValid = read instanceof Read.Valid<?>;
    List<Problem> problems =
        switch (read) {
          case Read.Valid<?>(var config, List<Problem> warnings) -> warnings;
          case Read.Invalid<?>(List<Problem> wrong) -> wrong;
        };
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("valid", isValid);
    answer.put(isValid ? "warnings" : "problems", problems.stream().map(this::values).toList());
    invocation.answers().write(json(answer), () -> text(place, isValid, problems));
    return (isValid ? ExitCode.DONE : ExitCode.FAILED).number();
  }

  private static String text(Path place, boolean isValid, List<Problem> problems) {
    StringBuilder text = new StringBuilder();
    for (Problem problem : problems) {
      text.append(isValid ? "warning: " : "").append(problem).append('\n');
    }
    String mistakes = problems.size() == 1 ? "1 mistake" : problems.size() + " mistakes";
    return text.append(place).append(isValid ? ": valid\n" : ": " + mistakes + "\n").toString();
  }

  private Map<String, Object> values(Problem problem) {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("file", problem.file());
    values.put("line", problem.line());
    values.put("column", problem.column());
    values.put("path", problem.path());
    values.put("message", problem.message());
    problem.fix().ifPresent(fix -> values.put("fix", fix));
    return values;
  }

  private static Object values(String yaml) {
    return new Load(LoadSettings.builder().build()).loadFromString(yaml);
  }

  private static String json(Object values) {
    return Jsonb.instance().toJson(values);
  }
}
