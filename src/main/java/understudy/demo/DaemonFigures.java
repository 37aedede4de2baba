package understudy.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import understudy.demo.lab.LabException;
import understudy.time.Clock;
import understudy.time.Moment;

/** What a daemon takes: time to start, memory when idle, time for a status. */
final class DaemonFigures {
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);
  private static final int STATUS_CALLS = 5;

  private final Demo demo;
  private final Clock clock;

  DaemonFigures(Demo demo, Clock clock) {
    this.demo = demo;
    this.clock = clock;
  }

  List<Map<String, Object>> all() throws DemoException, LabException, InterruptedException {
    DemoNode standby = demo.pair().other(demo.pair().awaitProtected());
    List<Map<String, Object>> figures = new ArrayList<>();
    figures.add(figure("daemon_start_ms", restart(standby)));
    demo.pair().awaitProtected();
    LockSupport.parkNanos(IDLE.toNanos());
    for (DemoNode node : demo.pair().nodes()) {
      Map<String, Object> memory = figure("rss_idle_mib", residentKib(node) / 1024);
      memory.put("role", node == standby ? "standby" : "active");
      figures.add(memory);
    }
    figures.add(figure("status_ms", status(standby)));
    return figures;
  }

  private static Map<String, Object> figure(String name, long value) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("figure", name);
    line.put("value", value);
    return line;
  }

  /** From the start of the process to its first answer. */
  private long restart(DemoNode node) throws DemoException, LabException, InterruptedException {
    node.terminate();
    Moment begun = clock.now();
    node.start();
    // Asking costs more than a look, and takes from what it measures: the socket comes first.
    while (!Files.exists(node.socket()) || !node.call("status").isDone()) {
      if (begun.until(clock.now()).compareTo(Pair.PATIENCE) > 0) {
        throw new DemoException(node.name() + " never answered");
      }
      LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
    }
    return begun.until(clock.now()).toMillis();
  }

  private static long residentKib(DemoNode node) throws DemoException {
    Path file = Path.of("/proc", Long.toString(node.daemon().pid()), "status");
    try {
      return Files.readAllLines(file).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst()
          .orElseThrow(() -> new DemoException(file + " names no VmRSS"));
    } catch (IOException gone) {
      throw new DemoException("cannot read " + file, gone);
    }
  }

  /** The best of some, as a process of its own each: others use this machine, too. */
  private long status(DemoNode node) throws DemoException, InterruptedException {
    long best = Long.MAX_VALUE;
    for (int call = 0; call < STATUS_CALLS; call++) {
      Moment begun = clock.now();
      node.demand("", "status");
      best = Math.min(best, begun.until(clock.now()).toMillis());
    }
    return best;
  }
}
