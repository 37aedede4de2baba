package understudy.failover;

/**
 * The number of a reign. Grows with every grant of the right to serve, never shrinks.
 *
 * @param number zero before the first reign
 */
public record Term(long number) implements Comparable<Term> {
  public static final Term NONE = new Term(0);

  /** A thousand reigns a second for more than thirty years: no cluster has come so far. */
  private static final long FURTHEST_TOLD = 1L << 40;

  public Term {
    if (number < 0) {
      throw new IllegalArgumentException("a term is never negative: " + number);
    }
  }

  /**
   * A term that came from outside. One beyond all reason is refused: whoever took it over could
   * never claim a later one.
   */
  public static Term told(long number) {
    if (number > FURTHEST_TOLD) {
      throw new IllegalArgumentException("no cluster has come as far as term " + number);
    }
    return new Term(number);
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

  // Written out: the generated one is called indirectly, a twentieth of the simulator's time.
  @Override
  public boolean equals(Object other) {
    return other instanceof Term(long same) && same == number;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(number);
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
