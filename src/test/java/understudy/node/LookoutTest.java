package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import understudy.failover.Input;
import understudy.failover.View.Probe;
import understudy.resource.probe.ConnectivityProbe;
import understudy.resource.probe.ServiceAddressProbe;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.time.SystemClock;

class LookoutTest {
  private static final Duration SOON = Duration.ofSeconds(10);

  /** Fails in a way that nobody foresaw, once. */
  private static final class StumblingClock implements Clock {
    private final Clock real = new SystemClock();
    private final AtomicBoolean stumbled = new AtomicBoolean();

    @Override
    public Moment now() {
      if (stumbled.compareAndSet(false, true)) {
        throw new IllegalStateException("nobody foresaw this");
      }
      return real.now();
    }

    @Override
    public Instant wall() {
      return real.wall();
    }
  }

  @Test
  void aBugInALookSeesNothingAndTheNextLookIsTaken() throws Exception {
    var inbox = new Inbox();
    var nothingToAsk = new ConnectivityProbe(List.of(), Duration.ofMillis(50));
    var noService = new ServiceAddressProbe(List.of(), Duration.ofMillis(50));
    try (var lookout = new Lookout(nothingToAsk, noService, inbox, new StumblingClock(), _ -> {})) {
      lookout.look();
      Probe first = probe(inbox);
      lookout.look();
      Probe second = probe(inbox);

      assertThat(first.connected()).isFalse();
      assertThat(first.evidence()).contains("could not be looked at").contains("nobody foresaw");
      assertThat(second.connected()).isTrue();
    }
  }

  private static Probe probe(Inbox inbox) throws InterruptedException {
    Input seen = inbox.next(SOON).orElseThrow().apply(new Moment(0));
    return ((Input.Probed) seen).probe();
  }
}
