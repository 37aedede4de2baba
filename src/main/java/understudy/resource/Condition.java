package understudy.resource;

/** How a resource is now. Not knowing is not the same as being stopped. */
public sealed interface Condition {

  record Started(String detail) implements Condition {}

  record Stopped(String detail) implements Condition {}

  /** It is there and does not work. */
  record Sick(String reason) implements Condition {}

  record Unknown(String reason) implements Condition {}

  /** One word for status screens. */
  default String word() {
    return switch (this) {
      case Started _ -> "started";
      case Stopped _ -> "stopped";
      case Sick _ -> "sick";
      case Unknown _ -> "unknown";
    };
  }

  /** What is known beyond the word. */
  default String text() {
    return switch (this) {
      case Started started -> started.detail();
      case Stopped stopped -> stopped.detail();
      case Sick sick -> sick.reason();
      case Unknown unknown -> unknown.reason();
    };
  }
}
