package understudy.resource.command;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import understudy.config.ResourceConfig;
import understudy.failover.Term;
import understudy.resource.Condition;
import understudy.resource.Outcome;
import understudy.resource.Readiness;
import understudy.resource.Resource;
import understudy.resource.program.Program;

/**
 * Something started, stopped and checked by three short commands. The check exits with 0 when it is
 * started and with anything else when it is not; it must take effect before its command ends.
 */
public final class StartStopScript implements Resource {
  private final ResourceConfig.Script config;
  private final Surroundings surroundings;
  private volatile Optional<Term> term = Optional.empty();

  public StartStopScript(ResourceConfig.Script config, Surroundings surroundings) {
    this.config = config;
    this.surroundings = surroundings;
  }

  @Override
  public String name() {
    return config.name();
  }

  @Override
  public Outcome start(Term reign, Duration within) throws InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    term = Optional.of(reign);
    if (check() instanceof Condition.Started) {
      return new Outcome.Done(config.name() + " is started already");
    }
    return run("start", config.start(), deadline, true);
  }

  @Override
  public Outcome stop(Duration within) throws InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    if (!config.check().isEmpty() && check() instanceof Condition.Stopped) {
      return new Outcome.Done(config.name() + " is stopped already");
    }
    return run("stop", config.stop(), deadline, false);
  }

  /** Runs the command, then looks whether it had its effect. */
  private Outcome run(String verb, List<String> command, long deadline, boolean isStartWanted)
      throws InterruptedException {
    Program.Result result = program(command, verb).run(upTo(deadline));
    if (!result.isSuccess()) {
      return failed(verb + " " + result.text());
    }
    if (config.check().isEmpty()) {
      return new Outcome.Done(config.name() + ": " + verb + " " + result.text());
    }
    return switch (check()) {
      case Condition.Started started when isStartWanted ->
          new Outcome.Done(config.name() + " started: " + started.detail());
      case Condition.Stopped stopped when !isStartWanted ->
          new Outcome.Done(config.name() + " stopped: " + stopped.detail());
      case Condition other ->
          failed(verb + " succeeded, yet it is " + other.word() + ": " + other.text());
    };
  }

  /** The configured time-out, or what is left when that is less. */
  private Duration upTo(long deadline) {
    Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
    return left.compareTo(config.timeout()) < 0 ? left : config.timeout();
  }

  @Override
  public Condition check() throws InterruptedException {
    if (config.check().isEmpty()) {
      return new Condition.Unknown("no check command is configured");
    }
    return switch (program(config.check(), "check").run(config.timeout())) {
      case Program.Result.Exited exited when exited.isSuccess() ->
          new Condition.Started("check " + exited.text());
      case Program.Result.Exited exited -> new Condition.Stopped("check " + exited.text());
      case Program.Result.TimedOut late -> new Condition.Unknown("check " + late.text());
      case Program.Result.NotStarted missing -> new Condition.Unknown("check " + missing.text());
    };
  }

  private Program program(List<String> command, String verb) {
    String role =
        switch (verb) {
          case "start" -> "active";
          case "stop" -> "stopping";
          default -> "unknown";
        };
    return new Program(
        command,
        config.directory(),
        surroundings.environment(config.environment(), role, term),
        true,
        Optional.empty());
  }

  @Override
  public List<Readiness> readiness() {
    return Stream.of(config.start(), config.stop(), config.check())
        .filter(command -> !command.isEmpty())
        .map(List::getFirst)
        .distinct()
        .map(program -> Executables.readiness(program, config.directory()))
        .toList();
  }

  private Outcome failed(String reason) {
    return new Outcome.Failed(
        config.name() + ": " + reason, "run the command by hand on this node");
  }

  @Override
  public void release() {}
}
