package understudy.node;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.TreePath;

/** A path as a person writes it: as it is shown, bytes that are no text as {@code \xNN}. */
final class WrittenPath {
  private static final int ESCAPE_LENGTH = 4;

  private WrittenPath() {}

  /** Throws {@link IllegalArgumentException} that says what is wrong. */
  static TreePath parse(String text) {
    String plain = text.startsWith("./") ? text.substring(2) : text;
    if (plain.isEmpty() || plain.equals(".")) {
      return TreePath.ROOT;
    }
    if (plain.endsWith("/")) {
      plain = plain.substring(0, plain.length() - 1);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int at = 0;
    while (at < plain.length()) {
      if (isEscape(plain, at)) {
        bytes.write(Integer.parseInt(plain, at + 2, at + ESCAPE_LENGTH, 16));
        at += ESCAPE_LENGTH;
      } else {
        int point = plain.codePointAt(at);
        bytes.writeBytes(Character.toString(point).getBytes(StandardCharsets.UTF_8));
        at += Character.charCount(point);
      }
    }
    try {
      return TreePath.received(bytes.toByteArray());
    } catch (MalformedException wrong) {
      throw new IllegalArgumentException(
          "'" + text + "' is no path in a dataset: " + wrong.getMessage(), wrong);
    }
  }

  private static boolean isEscape(String text, int at) {
    return text.startsWith("\\x", at)
        && at + ESCAPE_LENGTH <= text.length()
        && Character.digit(text.charAt(at + 2), 16) >= 0
        && Character.digit(text.charAt(at + 3), 16) >= 0;
  }
}
