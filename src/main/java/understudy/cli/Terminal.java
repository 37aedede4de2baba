package understudy.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Where a command reads and writes: the process's own streams, or captured ones in tests.
 *
 * @param out data
 * @param err progress, prompts and complaints
 * @param in answers to prompts
 * @param isInteractive a person sits there who can be asked
 * @param environment variables such as {@code UNDERSTUDY_CONFIG}
 */
public record Terminal(
    PrintStream out,
    PrintStream err,
    BufferedReader in,
    BooleanSupplier isInteractive,
    Map<String, String> environment) {

  /** The terminal of this process; text is UTF-8 whatever the locale says. */
  public static Terminal ofProcess() {
    return new Terminal(
        new PrintStream(System.out, true, StandardCharsets.UTF_8),
        new PrintStream(System.err, true, StandardCharsets.UTF_8),
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
        () -> Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false),
        System.getenv());
  }
}
