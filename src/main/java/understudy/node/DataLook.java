package understudy.node;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import understudy.api.DataQuestion;
import understudy.api.DataViews;
import understudy.failover.NodeName;
import understudy.store.Journal;
import understudy.sync.Difference;
import understudy.sync.Head;
import understudy.sync.KeptQuery;
import understudy.sync.Salvage;
import understudy.sync.SyncEngine;
import understudy.sync.SyncRefused;
import understudy.sync.Undone;
import understudy.sync.Wanted;
import understudy.sync.plan.TreePath;

/** What this node itself has of data, and has kept. Safe from any thread; reads the disk. */
final class DataLook {
  private static final int USUAL_LIMIT = 100;

  private final NodeName self;
  private final SyncEngine engine;
  private final SyncDriver sync;
  private final Journal journal;

  DataLook(NodeName self, SyncEngine engine, SyncDriver sync, Journal journal) {
    this.self = self;
    this.engine = engine;
    this.sync = sync;
    this.journal = journal;
  }

  /** Throws {@link IllegalArgumentException} for a question that makes no sense. */
  DataViews.Answer answer(DataQuestion question) throws IOException {
    List<String> datasets =
        question.dataset() == null ? sync.datasets() : List.of(question.dataset());
    if (!sync.datasets().containsAll(datasets)) {
      throw new IllegalArgumentException(
          "there is no dataset '"
              + question.dataset()
              + "'; the datasets are: "
              + String.join(", ", sync.datasets()));
    }
    int limit = Math.min(KeptQuery.MOST, Optional.ofNullable(question.limit()).orElse(USUAL_LIMIT));
    DataViews.Answer none = DataViews.Answer.EMPTY;
    return switch (question.topic()) {
      case KEPT -> none.withKept(kept(question, datasets, limit));
      case PAST -> none.withPast(past(question, datasets, limit));
      case DIFFERENCES -> none.withDifferences(differences(question, datasets, limit));
      case HEADS -> none.withHeads(heads(datasets));
      case QUESTIONS -> none.withQuestions(questions(datasets));
      case RUNS -> none.withRuns(runs(datasets, limit));
    };
  }

  private static TreePath path(DataQuestion question) {
    return question.path() == null ? TreePath.ROOT : WrittenPath.parse(question.path());
  }

  private List<DataViews.Kept> kept(DataQuestion question, List<String> datasets, int limit)
      throws IOException {
    List<DataViews.Kept> rows = new ArrayList<>();
    Instant before = question.before() == null ? Instant.MAX : question.before();
    for (String dataset : datasets) {
      Optional<TreePath> within = Optional.of(path(question)).filter(path -> !path.isRoot());
      KeptQuery query =
          new KeptQuery(
              within, Boolean.TRUE.equals(question.onlyHere()), Long.MAX_VALUE, KeptQuery.MOST);
      engine.salvage(dataset).list(query).stream()
          .filter(undone -> undone.at().isBefore(before))
          .limit(limit)
          .map(this::row)
          .forEach(rows::add);
    }
    rows.sort(Comparator.comparing(DataViews.Kept::takenAt).reversed());
    return rows.subList(0, Math.min(rows.size(), limit));
  }

  private DataViews.Kept row(Undone undone) {
    return new DataViews.Kept(
        new KeptItem(self, undone.id()).toString(),
        self.value(),
        undone.dataset(),
        undone.path().toString(),
        undone.kind(),
        undone.entries(),
        undone.bytes(),
        undone.at(),
        undone.generation().map(Object::toString).orElse(null),
        undone.onlyHere());
  }

  private List<DataViews.Past> past(DataQuestion question, List<String> datasets, int limit)
      throws IOException {
    if (question.at() == null) {
      throw new IllegalArgumentException(
          "a view of the past needs a time: at=2026-01-31T14:00:00Z");
    }
    List<DataViews.Past> rows = new ArrayList<>();
    for (String dataset : datasets) {
      try {
        for (Salvage.Past past : engine.salvage(dataset).at(path(question), question.at(), limit)) {
          rows.add(
              new DataViews.Past(
                  self.value(),
                  dataset,
                  past.path().toString(),
                  past.kind(),
                  past.bytes(),
                  past.modifiedAt(),
                  past.isKept()));
        }
      } catch (SyncRefused refused) {
        if (refused.code() != SyncRefused.Code.NOTHING_KEPT) {
          throw refused;
        }
        // it did not exist in this dataset: an empty list says so
      }
    }
    return rows;
  }

  /** What is wanted of a dataset; throws when neither piece nor time is named. */
  static Wanted wanted(@Nullable String item, @Nullable String path, @Nullable Instant at) {
    if (item != null && item.contains(":")) {
      return new Wanted.Kept(KeptItem.parse(item).id());
    }
    if (path == null || at == null) {
      throw new IllegalArgumentException(
          "say what: an item as in salvage list (beta:17), or a path and a time");
    }
    return new Wanted.AsOf(WrittenPath.parse(path), at);
  }

  private List<DataViews.Difference> differences(
      DataQuestion question, List<String> datasets, int limit) throws IOException {
    if (question.item() != null && !KeptItem.parse(question.item()).node().equals(self)) {
      return List.of(); // it lies on another node
    }
    List<DataViews.Difference> rows = new ArrayList<>();
    Wanted wanted = wanted(question.item(), question.path(), question.at());
    for (String dataset : datasets) {
      if (engine.salvage(dataset).path(wanted).isPresent()) {
        for (Difference difference : engine.salvage(dataset).compare(wanted, limit)) {
          rows.add(
              new DataViews.Difference(
                  self.value(),
                  dataset,
                  difference.path().toString(),
                  difference.what(),
                  side(difference.then()),
                  side(difference.now())));
        }
      }
    }
    return rows;
  }

  private static DataViews.@Nullable Side side(Optional<Difference.Side> side) {
    return side.map(
            one ->
                new DataViews.Side(
                    one.kind(),
                    one.bytes(),
                    one.modifiedAt(),
                    String.format(Locale.ROOT, "%04o", one.mode())))
        .orElse(null);
  }

  private List<DataViews.Head> heads(List<String> datasets) {
    return engine.heads().stream()
        .filter(head -> datasets.contains(head.dataset()))
        .map(this::head)
        .toList();
  }

  private DataViews.Head head(Head head) {
    var generation = head.generation();
    return new DataViews.Head(
        self.value(),
        head.dataset(),
        generation.map(one -> one.id().toString()).orElse(null),
        generation.map(one -> one.root().toString()).orElse(null),
        generation.map(one -> one.capturedAt()).orElse(null),
        generation.map(one -> one.totals().files()).orElse(0L),
        generation.map(one -> one.totals().bytes()).orElse(0L),
        head.isWhole());
  }

  List<DataViews.Question> questions(List<String> datasets) {
    return sync.questions().open().stream()
        .filter(question -> datasets.contains(question.dataset()))
        .map(
            question ->
                new DataViews.Question(
                    self.value(),
                    question.dataset(),
                    question.code().name().toLowerCase(Locale.ROOT).replace('_', '-'),
                    question.sentence(),
                    question.asked().removed(),
                    question.asked().entries(),
                    question.asked().paths(),
                    question.since(),
                    question.isRefused()))
        .toList();
  }

  private List<understudy.api.Views.Run> runs(List<String> datasets, int limit) throws IOException {
    try {
      return journal.runs(KeptQuery.MOST).stream()
          .filter(run -> datasets.contains(run.dataset()))
          .limit(limit)
          .map(Runs::view)
          .map(Objects::requireNonNull)
          .toList();
    } catch (SQLException unreadable) {
      throw new IOException("the journal cannot be read: " + unreadable.getMessage(), unreadable);
    }
  }
}
