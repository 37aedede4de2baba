package understudy.demo.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Processes that want every core of the machine for themselves, until closed. */
public final class CpuLoad implements AutoCloseable {
  private static final int EACH_CORE = 2;

  /** Ends with its parent, however that ends: a loop that nobody stops would be a nuisance. */
  private static final List<String> LOOP =
      List.of("setpriv", "--pdeathsig", "KILL", "sh", "-c", "while :; do :; done");

  private final List<Process> loops = new ArrayList<>();

  private CpuLoad() {}

  /** Starts two loops for each core. Call it from a thread that lives as long as the load. */
  public static CpuLoad start() throws LabException {
    CpuLoad load = new CpuLoad();
    try {
      for (int loop = 0; loop < EACH_CORE * Runtime.getRuntime().availableProcessors(); loop++) {
        load.loops.add(new ProcessBuilder(LOOP).start());
      }
      return load;
    } catch (IOException failed) {
      load.close();
      throw new LabException("could not start " + String.join(" ", LOOP), failed);
    }
  }

  @Override
  public void close() {
    loops.forEach(Process::destroyForcibly);
    loops.forEach(loop -> loop.onExit().join());
  }
}
