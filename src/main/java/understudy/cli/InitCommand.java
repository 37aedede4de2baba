package understudy.cli;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import understudy.api.Access;
import understudy.api.Users;
import understudy.pairing.Initialisation;

@Command(
    name = "init",
    description = {
      "Make this machine, which has the data, the first node of a new cluster.",
      "Here --node is the name of this node, such as --node alpha."
    })
final class InitCommand implements Callable<Integer> {
  private final Invocation invocation;

  @Option(names = "--cluster", required = true, paramLabel = "NAME", description = "Its name.")
  private String cluster = "";

  @Option(
      names = "--address",
      paramLabel = "HOST[:PORT]",
      description = "Where the other node reaches this one (port: 7443).")
  private String address = "";

  @Option(
      names = "--designation",
      defaultValue = "primary",
      paramLabel = "WORD",
      description = "primary, secondary or dr (default: ${DEFAULT-VALUE}).")
  private String designation = "primary";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "A directory to protect; may be given several times.")
  private List<Path> data = List.of();

  @Option(
      names = "--state",
      defaultValue = "/var/lib/understudy",
      paramLabel = "DIR",
      description = "Where this node remembers things (default: ${DEFAULT-VALUE}).")
  private Path state = Path.of("/var/lib/understudy");

  @Option(
      names = "--variable",
      paramLabel = "NAME=VALUE",
      description = "What $${name} in the cluster document means here; repeatable.")
  private Map<String, String> variables = Map.of();

  @Option(
      names = "--admin",
      defaultValue = "admin",
      paramLabel = "NAME",
      description = "The first user of the console (default: ${DEFAULT-VALUE}).")
  private String admin = "admin";

  @Option(
      names = "--admin-password-file",
      paramLabel = "FILE",
      description = "Read the password from a file; without it: asked, or the first line of stdin.")
  private @Nullable Path passwordFile;

  InitCommand(Invocation invocation) {
    this.invocation = invocation;
  }

  @Override
  public Integer call() throws Failure {
    Path place = invocation.configPlace();
    NewNode node =
        Files.exists(NewNode.nodeFile(place))
            ? NewNode.of(
                invocation.nodeSettings(),
                NewNode.nodeFile(place),
                invocation.options().node(),
                address)
            : NewNode.of(
                invocation.options().node(),
                address,
                designation,
                state.toAbsolutePath(),
                variables);
    Initialisation.Request request =
        new Initialisation.Request(
            cluster,
            node.config(),
            List.of(node.address()),
            data.stream().map(path -> path.toAbsolutePath().normalize()).toList(),
            NewNode.nodeFile(place),
            NewNode.clusterFile(place));
    try {
      char[] password = password();
      switch (Initialisation.perform(request)) {
        case Initialisation.Outcome.Refused(String message, String fix) ->
            throw new Failure(ExitCode.REFUSED, message, fix);
        case Initialisation.Outcome.Made made -> {
          new Users(request.config().state()).put(admin, Access.ADMIN, password);
          say(made, request);
        }
      }
      Arrays.fill(password, ' ');
      return ExitCode.DONE.number();
    } catch (IOException unwritable) {
      throw new Failure(
          ExitCode.FAILED,
          "cannot write what a node needs: " + unwritable.getMessage(),
          "run this as root, or choose places of your own: --config DIR --state DIR",
          unwritable);
    } catch (IllegalArgumentException unfit) {
      throw new Failure(
          ExitCode.USAGE, String.valueOf(unfit.getMessage()), "see understudy init --help", unfit);
    }
  }

  private void say(Initialisation.Outcome.Made made, Initialisation.Request request) {
    PrintStream out = invocation.terminal().out();
    made.lines().forEach(out::println);
    out.println("made the user " + admin + " (admin)");
    out.println();
    out.println("Next:");
    out.println("  1. start the daemon:       understudy node" + configOption());
    out.println("  2. invite the other node:  understudy pair invite" + configOption());
    out.println("  the console is at https://" + request.addresses().getFirst() + "/ once it runs");
  }

  private String configOption() {
    return NewNode.configOption(invocation.configPlace());
  }

  private char[] password() throws Failure, IOException {
    char[] password = passwordFile == null ? asked() : firstLine(Files.readString(passwordFile));
    Optional<String> fault = Users.fault(password);
    if (fault.isPresent()) {
      throw new Failure(ExitCode.USAGE, fault.get(), "choose another password for " + admin);
    }
    return password;
  }

  private char[] asked() throws Failure, IOException {
    Terminal terminal = invocation.terminal();
    if (!terminal.isInteractive().getAsBoolean()) {
      String line = terminal.in().readLine();
      if (line == null || line.isEmpty()) {
        throw new Failure(
            ExitCode.USAGE,
            "the first user needs a password, and there is no terminal to ask at",
            "give --admin-password-file FILE, or write it to stdin");
      }
      return line.toCharArray();
    }
    Console console = Objects.requireNonNull(System.console());
    char[] once = console.readPassword("Password for the console user %s: ", admin);
    char[] again = console.readPassword("The same again: ");
    if (once == null || !Arrays.equals(once, again)) {
      throw new Failure(ExitCode.USAGE, "the two passwords differ", "try again");
    }
    return once;
  }

  private static char[] firstLine(String text) {
    return text.lines().findFirst().orElse("").toCharArray();
  }
}
