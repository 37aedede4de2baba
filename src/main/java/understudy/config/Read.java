package understudy.config;

import java.util.List;
import java.util.function.Function;

/** What reading a configuration came to: checked records, or every mistake that was found. */
public sealed interface Read<T> {

  /**
   * A configuration that holds.
   *
   * @param warnings what is allowed but probably not meant
   */
  record Valid<T>(T config, List<Problem> warnings) implements Read<T> {
    public Valid {
      warnings = List.copyOf(warnings);
    }
  }

  /** At least one mistake; in the order of the file. */
  record Invalid<T>(List<Problem> problems) implements Read<T> {
    public Invalid {
      problems = List.copyOf(problems);
      if (problems.isEmpty()) {
        throw new IllegalArgumentException("an invalid configuration has a problem");
      }
    }
  }

  /** The same outcome with the configuration turned into something else. */
  default <R> Read<R> map(Function<? super T, ? extends R> change) {
    return switch (this) {
      case Valid<T>(T config, List<Problem> warnings) ->
          new Valid<>(change.apply(config), warnings);
      case Invalid<T>(List<Problem> problems) -> new Invalid<>(problems);
    };
  }
}
