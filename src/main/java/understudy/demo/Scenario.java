package understudy.demo;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** A story that {@code ./understudy demo --script} plays unattended. */
public enum Scenario {
  /** The active daemon and its service are killed with signal 9. */
  KILL,
  /** The active daemon and its service stand still (SIGSTOP), and wake again later. */
  HANG,
  /** The nodes swap their roles as planned. */
  SWITCHOVER,
  /** The nodes do not hear each other; clients reach both. */
  PARTITION,
  /** Both nodes were made active by force, and meet. */
  CONFLICT;

  private static final String ALL = "all";

  /** The word that users write and scripts print. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The scenarios that a word asks for, in the order in which they are played.
   *
   * @throws IllegalArgumentException naming the words there are
   */
  public static List<Scenario> named(String word) {
    if (word.equals(ALL)) {
      return List.of(values());
    }
    return Arrays.stream(values())
        .filter(scenario -> scenario.word().equals(word))
        .findFirst()
        .map(List::of)
        .orElseThrow(
            () -> new IllegalArgumentException("no scenario '" + word + "': choose " + words()));
  }

  /** All words, {@code all} included, for help and completion. */
  public static String words() {
    return Arrays.stream(values()).map(Scenario::word).collect(Collectors.joining("|")) + "|" + ALL;
  }
}
