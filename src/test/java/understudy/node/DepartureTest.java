package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static understudy.node.RunningNodes.await;
import static understudy.node.RunningNodes.awaitProtection;
import static understudy.node.RunningNodes.awaitTold;
import static understudy.node.RunningNodes.silence;
import static understudy.node.RunningNodes.start;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;

/** What becomes of the role and the service of a daemon that is told to stop. */
class DepartureTest {
  private static final Duration WITHIN = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void aDaemonThatIsToldToStopFirstHandsItsRoleToTheStandby() throws Exception {
    var service = new RecordedService(directory);
    var pair = new PreparedPair(directory, Unhurried.FAILOVER + service.resources());
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());
      try (Node beta = start(pair.beta)) {
        awaitProtection(alpha, beta);

        alpha.handOver(WITHIN);

        assertThat(service.story()).containsExactly("alpha starts", "alpha stops", "beta starts");
        assertThat(alpha.front().isActive()).isFalse();
        awaitTold(alpha, "ASKED", "by this daemon, which was told to stop");
        awaitTold(alpha, "SWITCHED_OVER", "beta serves");
        silence(alpha);
        assertThat(beta.front().isActive()).isTrue();
      }
    }
  }

  @Test
  void whereNobodyCanTakeTheRoleTheServiceStopsWithItsDaemonAndStartsWithIt() throws Exception {
    var service = new RecordedService(directory);
    var pair = new PreparedPair(directory, Unhurried.FAILOVER + service.resources());
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);

      alpha.handOver(WITHIN);

      assertThat(service.story()).containsExactly("alpha starts", "alpha stops");
    }
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves again", alpha.front()::isActive);
      assertThat(service.story()).containsExactly("alpha starts", "alpha stops", "alpha starts");
    }
  }
}
