package understudy.config;

import java.util.ArrayList;
import java.util.List;

/** What changed between two texts, line by line: {@code - gone}, {@code + new}. */
public final class LineDiff {
  /** Beyond this the table of the comparison would be large; documents are small. */
  private static final int MOST_LINES = 1_500;

  private LineDiff() {}

  /** The changed lines in order; unchanged ones are left out. Empty when the texts are equal. */
  public static List<String> between(String before, String after) {
    List<String> old = before.lines().limit(MOST_LINES).toList();
    List<String> fresh = after.lines().limit(MOST_LINES).toList();
    int[][] common = common(old, fresh);
    List<String> lines = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < old.size() || j < fresh.size()) {
      if (i < old.size() && j < fresh.size() && old.get(i).equals(fresh.get(j))) {
        i++;
        j++;
      } else if (i < old.size() && (j == fresh.size() || common[i + 1][j] >= common[i][j + 1])) {
        lines.add("- " + old.get(i++));
      } else {
        lines.add("+ " + fresh.get(j++));
      }
    }
    return List.copyOf(lines);
  }

  /** Length of the longest common sequence of the rests from each pair of lines on. */
  private static int[][] common(List<String> old, List<String> fresh) {
    int[][] length = new int[old.size() + 1][fresh.size() + 1];
    for (int i = old.size() - 1; i >= 0; i--) {
      for (int j = fresh.size() - 1; j >= 0; j--) {
        length[i][j] =
            old.get(i).equals(fresh.get(j))
                ? length[i + 1][j + 1] + 1
                : Math.max(length[i + 1][j], length[i][j + 1]);
      }
    }
    return length;
  }
}
