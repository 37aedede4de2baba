package understudy.linux;

import java.util.Comparator;

/**
 * A user or a group by its number: what may own a file. Users come before groups.
 *
 * @param number from 0 to 4,294,967,295
 */
public record Account(Kind kind, long number) implements Comparable<Account> {
  static final long HIGHEST = 0xffff_ffffL;
  private static final Comparator<Account> ORDER =
      Comparator.comparing(Account::kind).thenComparingLong(Account::number);

  /** What has a number. */
  public enum Kind {
    USER("user"),
    GROUP("group");

    private final String word;

    Kind(String word) {
      this.word = word;
    }
  }

  public Account {
    if (number < 0 || number > HIGHEST) {
      throw new IllegalArgumentException(number + " is no number of a user or group");
    }
  }

  public static Account user(long number) {
    return new Account(Kind.USER, number);
  }

  public static Account group(long number) {
    return new Account(Kind.GROUP, number);
  }

  @Override
  public int compareTo(Account other) {
    return ORDER.compare(this, other);
  }

  /** Such as {@code user 890}. */
  @Override
  public String toString() {
    return kind.word + " " + number;
  }
}
