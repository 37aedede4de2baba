package understudy.simulator;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/** The only source of chance in a simulated world: the same seed gives the same world. */
final class Chance {
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
    long span = most.toNanos() - least.toNanos();
    return least.plusNanos(span <= 0 ? 0 : random.nextLong(span + 1));
  }

  Duration milliseconds(int least, int most) {
    return between(Duration.ofMillis(least), Duration.ofMillis(most));
  }

  <T> T pick(List<T> choices) {
    return choices.get(below(choices.size()));
  }
}
