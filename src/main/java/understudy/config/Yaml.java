package understudy.config;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Scalars and lists as YAML that reads back the same. */
final class Yaml {
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z/][A-Za-z0-9_./@+-]*");
  private static final Pattern WORD_WITH_MEANING =
      Pattern.compile("(?i)true|false|null|yes|no|on|off|y|n");

  private Yaml() {}

  /** Plain where nothing could misread it, else in double quotes. */
  static String text(String value) {
    if (PLAIN.matcher(value).matches() && !WORD_WITH_MEANING.matcher(value).matches()) {
      return value;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char letter = value.charAt(i);
      switch (letter) {
        case '"' -> quoted.append("\\\"");
        case '\\' -> quoted.append("\\\\");
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        default -> {
          if (letter < ' ' || letter == 0x7f) {
            quoted.append("\\x%02x".formatted((int) letter));
          } else {
            quoted.append(letter);
          }
        }
      }
    }
    return quoted.append('"').toString();
  }

  /** {@code [a, b]}. */
  static String list(List<String> values) {
    return values.stream().map(Yaml::text).collect(Collectors.joining(", ", "[", "]"));
  }
}
