package understudy.api;

import java.io.IOException;

/**
 * One method and path, who may call it, and what answers.
 *
 * @param path exact, or ending in {@code /{id}}
 */
record Route(String method, String path, Access access, Answer answer) {
  private static final String ID = "{id}";

  /** Answers one exchange, blocking. */
  @FunctionalInterface
  interface Answer {
    void to(Exchange exchange) throws IOException, ProblemException;
  }

  boolean matches(String asked) {
    if (!path.endsWith(ID)) {
      return path.equals(asked);
    }
    String before = path.substring(0, path.length() - ID.length());
    return asked.startsWith(before)
        && asked.length() > before.length()
        && asked.indexOf('/', before.length()) < 0;
  }

  /** What stands for the id; empty when there is none. */
  String id(String asked) {
    return path.endsWith(ID) ? asked.substring(path.length() - ID.length()) : "";
  }
}
