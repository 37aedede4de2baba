package understudy.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Collects what is wrong in one file, so that a person sees all of it at once. */
final class Mistakes {
  /** More would only hide the first ones. */
  private static final int MOST_SHOWN = 50;

  private static final Comparator<Problem> BY_PLACE =
      Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column);

  private final String file;
  private final List<Problem> problems = new ArrayList<>();
  private final List<Problem> warnings = new ArrayList<>();

  Mistakes(String file) {
    this.file = file;
  }

  void wrong(Optional<Mark> place, String path, String message, String fix) {
    problems.add(problem(place, path, message, fix));
  }

  void doubtful(Optional<Mark> place, String path, String message, String fix) {
    warnings.add(problem(place, path, message, fix));
  }

  boolean none() {
    return problems.isEmpty();
  }

  /** The finished outcome; {@code config} counts only when nothing is wrong. */
  <T> Read<T> outcome(T config) {
    return none() ? new Read.Valid<>(config, sorted(warnings)) : invalid();
  }

  /** The outcome when something is known to be wrong. */
  <T> Read<T> invalid() {
    return new Read.Invalid<>(sorted(problems));
  }

  private Problem problem(Optional<Mark> place, String path, String message, String fix) {
    int line = place.map(mark -> mark.getLine() + 1).orElse(0);
    int column = place.map(mark -> mark.getColumn() + 1).orElse(0);
    Optional<String> wayOut = fix.isEmpty() ? Optional.empty() : Optional.of(fix);
    return new Problem(file, line, column, path, message, wayOut);
  }

  private static List<Problem> sorted(List<Problem> found) {
    return found.stream().sorted(BY_PLACE).limit(MOST_SHOWN).toList();
  }
}
