package understudy.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import understudy.config.Durations;

/** The command line: finds the verb, runs it, turns what happened into an exit code. */
public final class Commands {
  private static final String USUAL_PATIENCE = "--wait=30s";
  private static final Set<String> WORDS_ABOUT_ALL_VERBS = Set.of("-h", "--help", "completion");

  private final Terminal terminal;
  private final String version;
  private final List<Verb> verbs;

  /**
   * @param more verbs of other packages, listed after the own ones
   */
  public Commands(Terminal terminal, String version, List<Verb> more) {
    this.terminal = terminal;
    this.version = version;
    this.verbs = new ArrayList<>(Verb.OWN);
    this.verbs.addAll(more);
  }

  /** Runs one command; the answer is the exit code of the process. */
  public int run(String... args) {
    String[] given = normal(args);
    List<Verb> named = named(given);
    boolean needsAll = Stream.of(given).anyMatch(WORDS_ABOUT_ALL_VERBS::contains);
    // A mistake is told with all verbs at hand, so that the right one can be suggested.
    return needsAll
        ? whole().execute(given)
        : tree(named)
            .setParameterExceptionHandler((wrong, words) -> whole().execute(given))
            .execute(given);
  }

  /** The whole command line as picocli knows it; for the reference pages. */
  CommandLine whole() {
    return tree(verbs);
  }

  /** Only the verbs that occur are built: reading annotations is what costs time. */
  private List<Verb> named(String[] given) {
    List<String> words = List.of(given);
    return verbs.stream().filter(verb -> words.contains(verb.name())).toList();
  }

  /** An optional value must be attached, or {@code --wait status} would wait for "status". */
  private static String[] normal(String[] args) {
    String[] given = args.clone();
    for (int i = 0; i < given.length; i++) {
      if (given[i].equals("--wait")) {
        given[i] = USUAL_PATIENCE;
      }
    }
    return given;
  }

  private CommandLine tree(List<Verb> chosen) {
    Invocation invocation = new Invocation(new GlobalOptions(), terminal, version);
    CommandLine line =
        new CommandLine(new Understudy(invocation)).addMixin("options", invocation.options());
    chosen.forEach(verb -> line.addSubcommand(verb.name(), verb.command().apply(invocation)));
    choice(line, GlobalOptions.Output.class);
    choice(line, IsCommand.State.class);
    choice(line, ClientsCommand.Wish.class);
    choice(line, SyncCommand.Wish.class);
    choice(line, DrillCommand.Wish.class);
    choice(line, NodeCommand.Wish.class);
    choice(line, SalvageCommand.Wish.class);
    choice(line, ConfigCommand.Wish.class);
    return line.registerConverter(Duration.class, Commands::duration)
        .setUsageHelpAutoWidth(false)
        .setUsageHelpWidth(100)
        .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
        .setOut(writer(terminal.out()))
        .setErr(writer(terminal.err()))
        .setParameterExceptionHandler(this::usage)
        .setExecutionExceptionHandler(this::failed);
  }

  /** Words as users write them, also in the message. */
  private static <E extends Enum<E>> void choice(CommandLine line, Class<E> type) {
    List<E> words = List.of(type.getEnumConstants());
    line.registerConverter(
        type,
        text ->
            words.stream()
                .filter(word -> word.toString().equals(text))
                .findFirst()
                .orElseThrow(
                    () -> new TypeConversionException("'" + text + "' is none of " + words)));
  }

  private static Duration duration(String text) {
    try {
      return Durations.parse(text);
    } catch (IllegalArgumentException wrong) {
      throw new TypeConversionException(wrong.getMessage());
    }
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }

  private int usage(ParameterException wrong, String[] args) {
    PrintStream err = terminal.err();
    err.println("understudy: " + wrong.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(wrong, writer(err));
    String verb = wrong.getCommandLine().getCommandSpec().qualifiedName();
    err.println("  see " + verb + " --help");
    return ExitCode.USAGE.number();
  }

  private int failed(Exception cause, CommandLine line, CommandLine.ParseResult result) {
    PrintStream err = terminal.err();
    if (cause instanceof Failure failure) {
      err.println("understudy: " + failure.getMessage());
      failure.fix().ifPresent(fix -> err.println("  " + fix));
      return failure.code().number();
    }
    err.println("understudy: this is a mistake in the program; please report it:");
    cause.printStackTrace(err);
    return ExitCode.FAILED.number();
  }
}
