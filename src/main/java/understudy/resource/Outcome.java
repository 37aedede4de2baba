package understudy.resource;

/** How a start or stop ended. */
public sealed interface Outcome {

  /** It is confirmed; {@code evidence} says how. */
  record Done(String evidence) implements Outcome {}

  /** It is not confirmed; {@code fix} says what a person can do. */
  record Failed(String reason, String fix) implements Outcome {}

  /** The outcome as one sentence for the journal. */
  default String sentence() {
    return switch (this) {
      case Done done -> done.evidence();
      case Failed failed -> failed.reason();
    };
  }

  default boolean isDone() {
    return this instanceof Done;
  }
}
