package understudy.node;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import understudy.api.Views;
import understudy.store.Journal;
import understudy.sync.SyncResult;

/** Sync runs as the journal keeps them and as the API shows them. */
final class Runs {
  private Runs() {}

  /** For people, one line. */
  static String sentence(SyncResult result) {
    SyncResult.Run run = result.run();
    return switch (result) {
      case SyncResult.Unchanged _ -> run.dataset() + " was up to date";
      case SyncResult.Done _ -> run.dataset() + ": " + run.files() + " files copied";
      case SyncResult.DoneWithProblems done ->
          run.dataset()
              + ": "
              + run.files()
              + " files copied, "
              + done.problemCount()
              + " problems";
      case SyncResult.Failed failed -> run.dataset() + " failed: " + failed.reason();
    };
  }

  static Journal.Run row(SyncResult result) {
    SyncResult.Run run = result.run();
    String id = run.dataset() + "-" + run.start().toEpochMilli();
    return switch (result) {
      case SyncResult.Unchanged same ->
          row(id, run, "unchanged", List.of(), same.generation().id());
      case SyncResult.Done done ->
          row(id, run, "done", diverged(done.diverged()), done.generation().id());
      case SyncResult.DoneWithProblems done ->
          row(id, run, "done with problems", done.problems(), done.generation().id());
      case SyncResult.Failed failed ->
          row(id, run, "failed", List.of(failed.reason(), failed.fix()), "");
    };
  }

  private static List<String> diverged(Optional<SyncResult.Divergence> divergence) {
    return divergence
        .map(d -> List.of(d.count() + " paths existed only here and are kept: " + d.paths()))
        .orElse(List.of());
  }

  private static Journal.Run row(
      String id, SyncResult.Run run, String result, List<String> problems, Object generation) {
    return new Journal.Run(
        id,
        run.dataset(),
        run.start(),
        run.end(),
        result,
        run.files(),
        run.bytes(),
        run.wireBytes(),
        problems,
        generation.toString());
  }

  static Views.Run view(Journal.Run run) {
    double seconds = Math.max(0.001, Duration.between(run.start(), run.end()).toNanos() / 1e9);
    return new Views.Run(
        run.id(),
        run.dataset(),
        run.start(),
        run.end(),
        run.result(),
        run.files(),
        run.bytes(),
        run.wireBytes(),
        Math.round(run.bytes() / seconds * 10) / 10.0,
        run.problems(),
        run.generation().isEmpty() ? null : run.generation());
  }
}
