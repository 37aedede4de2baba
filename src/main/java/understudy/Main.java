package understudy;

import java.util.List;
import understudy.cli.Commands;
import understudy.cli.Terminal;
import understudy.cli.Verb;

/** Entry point: the first word chooses what runs. */
public final class Main {
  /** Verbs of other packages; those that talk to a daemon are in {@code cli}. */
  static final List<Verb> VERBS = List.of();

  private Main() {}

  public static void main(String[] args) {
    int code = new Commands(Terminal.ofProcess(), version(), VERBS).run(args);
    System.exit(code);
  }

  private static String version() {
    String built = Main.class.getPackage().getImplementationVersion();
    return built == null ? "unpackaged" : built;
  }
}
