package understudy.demo;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import understudy.demo.lab.LabException;
import understudy.time.Clock;

/**
 * Measures the sync engine between two real daemons, and rsync beside it on the same data in the
 * same minute. Tools take turns; what one left behind is removed before the next begins.
 */
final class SyncBench {
  private static final String SELF = "understudy";

  private final SyncScale scale;
  private final int runs;
  private final Set<String> beside;
  private final Clock clock;
  private final PrintStream progress;
  private final Consumer<Map<String, Object>> lines;

  /**
   * @param beside the words of the other tools that are run on the same data
   */
  SyncBench(
      SyncScale scale,
      int runs,
      Set<String> beside,
      Clock clock,
      PrintStream progress,
      Consumer<Map<String, Object>> lines) {
    this.scale = scale;
    this.runs = runs;
    this.beside = beside;
    this.clock = clock;
    this.progress = progress;
    this.lines = lines;
  }

  /** Where one workload is played. */
  private record Place(Path work, SyncPair pair, Rsync rsync) {
    Path target(Rsync.Way way) {
      return work.resolve(way.word());
    }
  }

  /**
   * Plays these workloads and prints a line per sync and one per comparison.
   *
   * @param keep leaves the daemons' logs
   */
  void run(List<SyncWorkload> workloads, Path parent, boolean keep)
      throws DemoException, LabException, InterruptedException {
    Path work;
    try {
      work = Files.createTempDirectory(parent, "understudy-bench-").toRealPath();
    } catch (IOException failed) {
      throw new DemoException("cannot make a directory in " + parent, failed);
    }
    try (Janitor _ = Janitor.start(work, keep);
        SyncGround ground = SyncGround.open();
        Rsync rsync = Rsync.start(work.resolve("peers"), ground, clock)) {
      rsync.awaitReady();
      SyncPair pair = SyncPair.start(work, ground, clock, workloads.size() * runs);
      for (SyncWorkload workload : workloads) {
        play(workload, new Place(work, pair, rsync));
      }
    } catch (IOException failed) {
      throw new DemoException("the bench broke: " + failed.getMessage(), failed);
    } finally {
      SyncPair.end(work);
      if (!keep) {
        SyncDisk.remove(work);
      }
    }
  }

  private void play(SyncWorkload workload, Place place)
      throws DemoException, LabException, InterruptedException, IOException {
    Path original = place.work().resolve("original");
    Files.createDirectories(original);
    progress.println(workload.word() + ": makes the data");
    workload.make(original, scale);
    Tally first = new Tally(workload, "first-copy");
    String dataset = "";
    for (int run = 1; run <= runs; run++) {
      dataset = firstCopy(place, original, first, run);
    }
    first.compare();
    SyncDisk.remove(original); // its files live on in the dataset
    if (!workload.changes(scale).isEmpty()) {
      SyncFigures _ = place.pair().sync(dataset); // one name less is a change that is not measured
    }
    for (SyncWorkload.Step step : workload.changes(scale)) {
      Tally tally = new Tally(workload, step.word());
      for (int run = 1; run <= runs; run++) {
        change(place, dataset, step, tally, run);
      }
      tally.compare();
    }
    SyncDisk.demandEqual(place.pair().source(dataset), place.pair().target(dataset));
    for (Rsync.Way way : peers(workload)) {
      SyncDisk.remove(place.target(way));
    }
    empty(place, dataset);
  }

  private String firstCopy(Place place, Path original, Tally tally, int run)
      throws DemoException, LabException, InterruptedException, IOException {
    String dataset = place.pair().fresh();
    Path source = place.pair().source(dataset);
    SyncDisk.link(original, source);
    SyncDisk.settle(source);
    tally.note(SELF, run, place.pair().sync(dataset), SyncData.NOTHING);
    for (Rsync.Way way : peers(tally.workload)) {
      SyncDisk.remove(place.target(way));
      SyncDisk.settle(source);
      SyncFigures figures = place.rsync().sync(way, source, place.target(way));
      tally.note(way.word(), run, figures, SyncData.NOTHING);
    }
    if (run < runs) {
      empty(place, dataset);
    }
    return dataset;
  }

  private List<Rsync.Way> peers(SyncWorkload workload) {
    return workload.peers().stream().filter(way -> beside.contains(way.word())).toList();
  }

  /** Nobody looks at a dataset that is never synced again. */
  private static void empty(Place place, String dataset) throws LabException {
    SyncDisk.remove(place.pair().source(dataset));
    SyncDisk.remove(place.pair().target(dataset));
  }

  private void change(Place place, String dataset, SyncWorkload.Step step, Tally tally, int run)
      throws DemoException, LabException, InterruptedException, IOException {
    Path source = place.pair().source(dataset);
    SyncData.Changed changed = step.change().apply(source, run);
    SyncDisk.flush();
    tally.note(SELF, run, own(place.pair(), dataset, step), changed);
    for (Rsync.Way way : peers(tally.workload)) {
      SyncFigures figures = place.rsync().sync(way, source, place.target(way));
      tally.note(way.word(), run, figures, changed);
    }
  }

  private static SyncFigures own(SyncPair pair, String dataset, SyncWorkload.Step step)
      throws DemoException, InterruptedException, IOException {
    if (!step.isQuick()) {
      return pair.sync(dataset);
    }
    SyncFigures _ = pair.sync(dataset); // the watcher is believed for a while after a whole look
    return pair.syncQuickly(dataset);
  }

  /** The figures of one change, of all tools. */
  private final class Tally {
    private final SyncWorkload workload;
    private final String step;
    private final Map<String, List<SyncFigures>> figures = new LinkedHashMap<>();

    Tally(SyncWorkload workload, String step) {
      this.workload = workload;
      this.step = step;
    }

    private Map<String, Object> line(String tool) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("bench", "sync");
      line.put("scale", scale.word());
      line.put("workload", workload.word());
      line.put("step", step);
      line.put("tool", tool);
      return line;
    }

    void note(String tool, int run, SyncFigures one, SyncData.Changed changed) {
      figures.computeIfAbsent(tool, _ -> new ArrayList<>()).add(one);
      Map<String, Object> line = line(tool);
      line.put("run", run);
      line.putAll(one.line());
      if (changed.bytes() > 0) {
        line.put("changed_files", changed.files());
        line.put("changed_bytes", changed.bytes());
      }
      lines.accept(line);
    }

    /** A ratio above 1 says how many times longer the other tool took. */
    void compare() {
      double own = median(figures.getOrDefault(SELF, List.of()));
      for (Map.Entry<String, List<SyncFigures>> other : figures.entrySet()) {
        double median = median(other.getValue());
        Map<String, Object> line = line(other.getKey());
        line.put("runs", other.getValue().size());
        line.put("wall_s_median", SyncFigures.rounded(median));
        line.put("times_understudy", SyncFigures.rounded(median / own));
        lines.accept(line);
      }
    }
  }

  private static double median(List<SyncFigures> figures) {
    List<Double> sorted = figures.stream().map(SyncFigures::seconds).sorted().toList();
    return sorted.get(sorted.size() / 2);
  }
}
