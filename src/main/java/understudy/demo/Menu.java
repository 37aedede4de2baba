package understudy.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import understudy.cli.Terminal;
import understudy.demo.lab.LabException;
import understudy.demo.lab.ProcessSignal;
import understudy.time.Clock;
import understudy.time.Moment;

/** The demo for a person: where to look, what to break, and what the client saw of it. */
final class Menu {
  private static final String CHOICES =
      """

        kill        kill -9 of the active daemon and its service
        daemon      kill -9 of the active daemon alone: its service must not outlive the mandate
        hang        the active daemon and its service stand still (SIGSTOP)
        stop        the active daemon is told to end (TERM): it hands over first
        switchover  the nodes swap their roles
        back        what is down or hangs comes back
        status      what the nodes say
        quit
      """;

  /** A fault needs a moment to show: an answer that was under way is none of its time. */
  private static final Duration SOON = Duration.ofMillis(500);

  private static final Set<String> QUIT = Set.of("quit", "q", "exit");

  private final Demo demo;
  private final Terminal terminal;
  private final Clock clock;
  private final PrintStream out;

  Menu(Demo demo, Terminal terminal, Clock clock) {
    this.demo = demo;
    this.terminal = terminal;
    this.clock = clock;
    this.out = terminal.err();
  }

  /** Until {@code quit} or the end of the input. */
  void run() throws DemoException, LabException, InterruptedException {
    greet();
    while (true) {
      out.println(CHOICES);
      out.print("> ");
      out.flush();
      Optional<String> word = read();
      if (word.isEmpty() || QUIT.contains(word.get())) {
        return;
      }
      try {
        obey(word.get());
      } catch (DemoException told) {
        out.println(told.getMessage());
      }
    }
  }

  private void greet() {
    out.println();
    out.println("The service is protected. Clients find it at " + at(demo.ground().service()));
    for (DemoNode node : demo.pair().nodes()) {
      Ground.Site site = demo.ground().site(node.name());
      out.println(
          node.name()
              + ": console https://"
              + site.links().getFirst()
              + ":"
              + site.port()
              + "/   understudy status --config "
              + node.home());
    }
    out.println("console user admin, password " + demo.adminPassword() + " (shown only here)");
  }

  private static String at(java.net.InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }

  private Optional<String> read() throws DemoException {
    try {
      return Optional.ofNullable(terminal.in().readLine())
          .map(line -> line.strip().toLowerCase(Locale.ROOT));
    } catch (IOException failed) {
      throw new DemoException("cannot read the answer", failed);
    }
  }

  private void obey(String word) throws DemoException, LabException, InterruptedException {
    switch (word) {
      case "kill" -> hit(active()::kill);
      case "daemon" -> hit(active()::killDaemon);
      case "hang" -> {
        DemoNode active = active();
        hit(() -> active.signal(ProcessSignal.STOP));
      }
      case "stop" -> hit(active()::terminate);
      case "switchover" -> {
        DemoNode active = active();
        hit(() -> out.println(active.call("switchover", "--wait=60s", "--yes").said()));
      }
      case "back" -> back();
      case "status", "" -> status();
      default -> out.println("'" + word + "' is none of these:");
    }
  }

  private DemoNode active() throws DemoException {
    Optional<String> serving =
        demo.client().meter().last().map(acknowledged -> acknowledged.write().node());
    return demo.pair().nodes().stream()
        .filter(node -> serving.filter(node.name()::equals).isPresent())
        .filter(DemoNode::isRunning)
        .findFirst()
        .orElseThrow(() -> new DemoException("no node serves now; say: back"));
  }

  /** Does it and tells what the client saw. */
  private void hit(Steps.Deed deed) throws DemoException, LabException, InterruptedException {
    Moment fault = clock.now();
    deed.perform();
    var again = demo.client().meter().awaitWrite(fault.plus(SOON), Pair.PATIENCE);
    Moment end = clock.now();
    var trace = demo.client().meter().trace();
    out.printf(
        "the client was without service for %d ms; it was served by %s%n",
        trace.outage(fault, end).toMillis(), String.join(", then ", trace.servedBy(fault, end)));
    if (again.isEmpty()) {
      out.println("nobody serves any more; say: back");
    }
  }

  private void back() throws DemoException, LabException, InterruptedException {
    for (DemoNode node : demo.pair().nodes()) {
      node.signal(ProcessSignal.CONT);
    }
    demo.pair().startAll();
    out.println("waits until the service is protected again");
    demo.pair().awaitProtected();
    status();
  }

  private void status() {
    for (DemoNode node : demo.pair().nodes()) {
      if (node.isRunning()) {
        out.println(node.call("status").out());
        return;
      }
    }
    out.println("no daemon runs");
  }
}
