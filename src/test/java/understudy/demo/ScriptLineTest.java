package understudy.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScriptLineTest {
  private static final Expectation EXPECTATION =
      new Expectation("beta", Duration.ofSeconds(1), Duration.ZERO, Duration.ZERO);

  @Test
  void theLineHasThePromisedNamesInThePromisedOrder() {
    Outcome outcome =
        new Outcome(
            Duration.ofMillis(312), 0, Duration.ZERO, List.of("alpha", "beta"), Duration.ZERO, 2);
    assertThat(ScriptLine.of("switchover", EXPECTATION, outcome).json())
        .isEqualTo(
            """
            {"scenario":"switchover","outage_ms":312,"lost_writes":0,"served_by":"beta","term":2,\
            "expectation":"beta serves, outage at most 1000 ms, no write lost, never two at once",\
            "ok":true,"path":["alpha","beta"],"dual_ms":0,"loss_reach_ms":0,"failed":[]}""");
  }

  @Test
  void aStepThatCouldNotBeMeasuredIsNotOkAndItsFiguresAreNull() {
    assertThat(ScriptLine.broken("kill", "beta serves", "the daemon did not start").json())
        .isEqualTo(
            """
            {"scenario":"kill","outage_ms":null,"lost_writes":null,"served_by":null,"term":null,\
            "expectation":"beta serves","ok":false,"path":[],"dual_ms":null,"loss_reach_ms":null,\
            "failed":["the daemon did not start"]}""");
  }

  @Test
  void everyMissedExpectationIsNamed() {
    Outcome outcome =
        new Outcome(
            Duration.ofMillis(1001),
            3,
            Duration.ofMillis(40),
            List.of("beta", "alpha"),
            Duration.ofMillis(7),
            2);
    assertThat(EXPECTATION.failures(outcome))
        .containsExactly(
            "served by [beta, alpha] and not at the end by beta",
            "outage of 1001 ms",
            "3 writes lost, the oldest of 40 ms before the fault",
            "two nodes answered at once for 7 ms");
  }

  @Test
  void lossWithinTheAllowedReachIsAccepted() {
    Expectation lenient =
        new Expectation("beta", Duration.ofSeconds(1), Duration.ofMillis(500), Duration.ZERO);
    Outcome outcome =
        new Outcome(
            Duration.ofMillis(900), 3, Duration.ofMillis(500), List.of("beta"), Duration.ZERO, 2);
    assertThat(lenient.failures(outcome)).isEmpty();
    assertThat(lenient.sentence()).contains("only writes of the last 500 ms lost");
  }

  @Test
  void lossAfterTheFaultIsLossToo() {
    Outcome outcome =
        new Outcome(Duration.ZERO, 1, Duration.ZERO, List.of("beta"), Duration.ZERO, 2);
    assertThat(EXPECTATION.failures(outcome)).hasSize(1);
  }

  @Test
  void nobodyServingIsAFailureAndNotACrash() {
    Outcome outcome =
        new Outcome(Duration.ofSeconds(9), 0, Duration.ZERO, List.of(), Duration.ZERO, 2);
    assertThat(ScriptLine.of("kill", EXPECTATION, outcome).ok()).isFalse();
  }

  @Test
  void scenariosAreNamedAsUsersWriteThem() {
    assertThat(Scenario.named("all")).containsExactly(Scenario.values());
    assertThat(Scenario.named("kill")).containsExactly(Scenario.KILL);
    assertThatThrownBy(() -> Scenario.named("explode"))
        .hasMessage("no scenario 'explode': choose kill|hang|switchover|partition|conflict|all");
  }
}
