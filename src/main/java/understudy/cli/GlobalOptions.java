package understudy.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The options that every verb takes, before or after it. */
public final class GlobalOptions {
  private static final Path USUAL_PLACE = Path.of("/etc/understudy");

  /** How answers are written to stdout. */
  public enum Output {
    TABLE,
    JSON,
    YAML;

    /** As users write it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Option(
      names = "--config",
      paramLabel = "PATH",
      scope = ScopeType.INHERIT,
      description =
          "Directory of node.yaml, or the file (default: $$UNDERSTUDY_CONFIG or /etc/understudy).")
  private @Nullable Path config;

  @Option(
      names = "--node",
      paramLabel = "ADDR",
      scope = ScopeType.INHERIT,
      description =
          "Ask the node at https://ADDR (host:port) with the token in $$UNDERSTUDY_TOKEN.")
  private @Nullable String node;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FORMAT",
      scope = ScopeType.INHERIT,
      description = "table, json or yaml (default: table).")
  private Output output = Output.TABLE;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      scope = ScopeType.INHERIT,
      description = "Wait until it is done; --wait alone means --wait=30s.")
  private @Nullable Duration wait;

  @Option(
      names = "--dry-run",
      scope = ScopeType.INHERIT,
      description = "Say what would happen and change nothing.")
  private boolean dryRun;

  @Option(names = "--yes", scope = ScopeType.INHERIT, description = "Do not ask.")
  private boolean yes;

  @Option(
      names = "--reason",
      paramLabel = "TEXT",
      scope = ScopeType.INHERIT,
      description = "Why, for the history.")
  private @Nullable String reason;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show what there is to say.")
  @SuppressWarnings("UnusedVariable") // picocli sets it and looks at it
  private boolean help;

  /** Where the configuration is: the option, else the environment, else {@code /etc/understudy}. */
  public Path config(Terminal terminal) {
    String fromEnvironment = terminal.environment().get("UNDERSTUDY_CONFIG");
    if (config != null) {
      return config;
    }
    return fromEnvironment == null || fromEnvironment.isBlank()
        ? USUAL_PLACE
        : Path.of(fromEnvironment);
  }

  /** The node to ask over the network; empty: the daemon of this machine. */
  public Optional<String> node() {
    return Optional.ofNullable(node);
  }

  public Output output() {
    return output;
  }

  /** How long to wait for the end of an action; empty: do not. */
  public Optional<Duration> patience() {
    return Optional.ofNullable(wait);
  }

  public boolean isDryRun() {
    return dryRun;
  }

  public boolean isYes() {
    return yes;
  }

  public Optional<String> reason() {
    return Optional.ofNullable(reason);
  }
}
