package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import understudy.failover.Effect;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.time.SystemClock;

class MandateKeeperTest {

  @Test
  void aBugInRenewingIsToldInsteadOfLeavingADaemonThatRenewsNothing() throws Exception {
    var bug = new StackOverflowError("nobody foresaw this");
    var held =
        new MandateKeeper.Held() {
          @Override
          public void extend(Moment until, Effect.Gate gate) {
            throw bug;
          }

          @Override
          public void fence() {}
        };
    Clock clock = new SystemClock();
    BlockingQueue<Throwable> told = new LinkedBlockingQueue<>();
    try (var keeper = new MandateKeeper(held, clock, Duration.ofSeconds(8), told::add)) {
      keeper.start();

      keeper.extend(clock.now().plus(Duration.ofSeconds(8)), Effect.Gate.OPEN);

      assertThat(told.poll(10, TimeUnit.SECONDS)).isSameAs(bug);
    }
  }
}
