package understudy.failover;

/**
 * The number of a reign. Grows with every grant of the right to serve, never shrinks.
 *
 * @param number zero before the first reign
 */
public record Term(long number) implements Comparable<Term> {
  public static final Term NONE = new Term(0);

  public Term {
    if (number < 0) {
      throw new IllegalArgumentException("a term is never negative: " + number);
    }
  }

  public Term next() {
    return new Term(Math.addExact(number, 1));
  }

  public boolean isAfter(Term other) {
    return number > other.number;
  }

  public static Term latestOf(Term one, Term other) {
    return one.isAfter(other) ? one : other;
  }

  @Override
  public int compareTo(Term other) {
    return Long.compare(number, other.number);
  }

  @Override
  public String toString() {
    return Long.toString(number);
  }
}
