package understudy.simulator;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** The only source of chance in a simulated world: the same seed gives the same world. */
final class Chance {
  private static final long NANOS_IN_A_MILLISECOND = 1_000_000;

  private final SplittableRandom random;

  Chance(long seed) {
    this.random = new SplittableRandom(seed);
  }

  boolean happens(double probability) {
    return random.nextDouble() < probability;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  long number() {
    return random.nextLong();
  }

  double between(double least, double most) {
    return least + random.nextDouble() * (most - least);
  }

  Duration between(Duration least, Duration most) {
    return Duration.ofNanos(nanos(least.toNanos(), most.toNanos()));
  }

  private long nanos(long least, long most) {
    long span = most - least;
    return least + (span <= 0 ? 0 : random.nextLong(span + 1));
  }

  Duration milliseconds(int least, int most) {
    return Duration.ofNanos(nanos(least * NANOS_IN_A_MILLISECOND, most * NANOS_IN_A_MILLISECOND));
  }

  <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }
}
