package understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is said of many runs: the last percent is never better than what most of them took. */
class FailoverBenchTest {
  @Test
  void theSlowestOfAFewIsTheirNinetyNinthPercent() {
    assertThat(FailoverBench.nearestRank(1, 99)).isZero();
    assertThat(FailoverBench.nearestRank(2, 99)).isEqualTo(1);
    assertThat(FailoverBench.nearestRank(100, 99)).isEqualTo(98);
    assertThat(FailoverBench.nearestRank(200, 99)).isEqualTo(197);
  }
}
