package understudy.cli;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import understudy.config.ConfigReader;
import understudy.config.Configuration;
import understudy.config.NodeConfig;
import understudy.config.Problem;
import understudy.config.Read;
import understudy.time.SystemClock;

/**
 * One call of the program: its options and its terminal; what every verb is made from.
 *
 * @param version of this program
 */
public record Invocation(GlobalOptions options, Terminal terminal, String version) {

  /** Where the configuration is. */
  public Path configPlace() {
    return options.config(terminal);
  }

  /** The checked configuration; every mistake goes to stderr before this fails. */
  public Configuration configuration() throws Failure {
    return valid(ConfigReader.read(configPlace()));
  }

  /** The daemon that this call talks to. */
  Daemon daemon() throws Failure {
    return new Daemon(
        options.node().isPresent()
            ? RemoteLine.to(options.node().get(), terminal.environment())
            : new LocalLine(socket(), configPlace()));
  }

  /** Needs the node's file only: a broken cluster document must not lock an operator out. */
  private Path socket() throws Failure {
    return nodeSettings().socket();
  }

  /** This machine's own settings. */
  NodeConfig nodeSettings() throws Failure {
    return valid(ConfigReader.readNode(ConfigReader.nodeFile(configPlace())));
  }

  private <T> T valid(Read<T> read) throws Failure {
    return switch (read) {
      case Read.Valid<T>(T config, var warnings) -> config;
      case Read.Invalid<T>(var problems) -> {
        for (Problem problem : problems) {
          terminal.err().println(problem);
        }
        throw new Failure(
            ExitCode.FAILED,
            "the configuration in " + configPlace() + " is not valid",
            "correct it, then run understudy config validate");
      }
    };
  }

  /** The time of day, for times that are said as how long ago. */
  Instant now() {
    return new SystemClock().wall();
  }

  /** Whose part a list of all nodes lacks. */
  void sayUnreachable(List<String> nodes, String consequence) {
    for (String node : nodes) {
      terminal.err().println("  " + node + " cannot be reached: " + consequence);
    }
  }

  Answers answers() {
    return new Answers(options.output(), terminal.out());
  }
}
