package understudy.api;

import io.avaje.jsonb.Json;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Answers about data, as JSON; see {@link Views} for what holds of all of them. */
public final class DataViews {
  private DataViews() {}

  /**
   * The answer to a {@link DataQuestion}: the lists that it is about, the others empty.
   *
   * @param unreachable nodes that could not be asked
   */
  @Json
  public record Answer(
      List<Kept> kept,
      List<Past> past,
      List<Difference> differences,
      List<Head> heads,
      List<Question> questions,
      List<Views.Run> runs,
      List<String> unreachable) {
    public static final Answer EMPTY =
        new Answer(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());

    public Answer withKept(List<Kept> list) {
      return new Answer(list, past, differences, heads, questions, runs, unreachable);
    }

    public Answer withPast(List<Past> list) {
      return new Answer(kept, list, differences, heads, questions, runs, unreachable);
    }

    public Answer withDifferences(List<Difference> list) {
      return new Answer(kept, past, list, heads, questions, runs, unreachable);
    }

    public Answer withHeads(List<Head> list) {
      return new Answer(kept, past, differences, list, questions, runs, unreachable);
    }

    public Answer withQuestions(List<Question> list) {
      return new Answer(kept, past, differences, heads, list, runs, unreachable);
    }

    public Answer withRuns(List<Views.Run> list) {
      return new Answer(kept, past, differences, heads, questions, list, unreachable);
    }

    /** This and the rows of another node. */
    public Answer plus(Answer other) {
      return new Answer(
          joined(kept, other.kept),
          joined(past, other.past),
          joined(differences, other.differences),
          joined(heads, other.heads),
          joined(questions, other.questions),
          joined(runs, other.runs),
          joined(unreachable, other.unreachable));
    }

    public Answer without(String node) {
      return plus(
          new Answer(
              List.of(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of(node)));
    }

    private static <T> List<T> joined(List<T> one, List<T> other) {
      return Stream.concat(one.stream(), other.stream()).toList();
    }

    /** The first half of every list. */
    public Answer firstHalf() {
      return new Answer(
          half(kept),
          half(past),
          half(differences),
          half(heads),
          half(questions),
          half(runs),
          unreachable);
    }

    private static <T> List<T> half(List<T> list) {
      return list.subList(0, list.size() / 2);
    }
  }

  /**
   * Something that a sync or a restore took away and that can be had back.
   *
   * @param item names it for {@code salvage restore}: node and number
   * @param entries a directory's entries, itself included
   * @param onlyHere only that node had it
   */
  @Json
  public record Kept(
      String item,
      String node,
      String dataset,
      String path,
      String kind,
      long entries,
      long bytes,
      Instant takenAt,
      @Nullable String generation,
      boolean onlyHere) {}

  /** An entry at a time. */
  @Json
  public record Past(
      String node,
      String dataset,
      String path,
      String kind,
      long bytes,
      Instant modifiedAt,
      boolean kept) {}

  /** A path that is not the same then and now. */
  @Json
  public record Difference(
      String node,
      String dataset,
      String path,
      String what,
      @Nullable Side then,
      @Nullable Side now) {}

  /** One side of a difference. */
  @Json
  public record Side(String kind, long bytes, Instant modifiedAt, String mode) {}

  /** What a node has of a dataset; {@code root} names the whole content. */
  @Json
  public record Head(
      String node,
      String dataset,
      @Nullable String generation,
      @Nullable String root,
      @Nullable Instant capturedAt,
      long files,
      long bytes,
      boolean whole) {}

  /**
   * A sync that waits for a person.
   *
   * @param code why, for programs
   * @param paths some of what would go or was found
   * @param refused a person said no: the sync holds until it is asked for
   */
  @Json
  public record Question(
      String node,
      String dataset,
      String code,
      String sentence,
      long removed,
      long entries,
      List<String> paths,
      Instant since,
      boolean refused) {}
}
