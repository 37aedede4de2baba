package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import understudy.config.Endpoint;
import understudy.config.ResourceConfig.Health;
import understudy.config.ResourceConfig.Probe;
import understudy.node.ServiceHealth.Remedy;
import understudy.resource.Condition;
import understudy.resource.assembly.ResourceSet.Checked;
import understudy.time.Moment;

/** A sick service: patience, some restarts, then the other node, and never too often. */
class ServiceHealthTest {
  private static final Condition SICK = new Condition.Sick("answered 500");
  private static final Condition GONE = new Condition.Stopped("ended with 1");
  private static final Condition WELL = new Condition.Started("");
  private static final Health HEALTH =
      new Health(
          new Probe.Tcp(new Endpoint("127.0.0.1", 1)),
          Duration.ofSeconds(2),
          3,
          Duration.ofSeconds(1),
          2);

  private final ServiceHealth health = new ServiceHealth();

  private Remedy look(double second, Condition condition, boolean mayHandOver) {
    return health.judge(
        List.of(new Checked("web", condition)),
        Map.of("web", HEALTH),
        mayHandOver,
        new Moment(Math.round(second * 1e9)));
  }

  private static Remedy restart(Condition condition, int count) {
    return new Remedy.Restart("web", condition.text(), count);
  }

  @Test
  void aSicknessIsWaitedOutForAsLongAsItsHealthSays() {
    assertThat(look(0, SICK, true)).isEqualTo(new Remedy.Nothing());
    assertThat(look(3.9, SICK, true)).isEqualTo(new Remedy.Nothing());
    assertThat(look(4, SICK, true)).isEqualTo(restart(SICK, 1));
  }

  @Test
  void aGoodLookBeginsTheWaitAnew() {
    look(0, SICK, true);
    look(3, WELL, true);

    assertThat(look(5, SICK, true)).isEqualTo(new Remedy.Nothing());
    assertThat(look(9, SICK, true)).isEqualTo(restart(SICK, 1));
  }

  @Test
  void whatHasEndedIsStartedAtOnceAndAfterTheRestartsTheOtherNodeTakesOver() {
    assertThat(look(0, GONE, true)).isEqualTo(restart(GONE, 1));
    assertThat(look(1, GONE, true)).isEqualTo(restart(GONE, 2));
    assertThat(look(2, GONE, true)).isEqualTo(new Remedy.HandOver("web", GONE.text()));
  }

  @Test
  void withoutAStandbyItIsStartedAgainEverMoreRarely() {
    look(0, GONE, false);
    look(1, GONE, false);

    assertThat(look(2, GONE, false)).isEqualTo(new Remedy.Nothing());
    assertThat(look(6, GONE, false)).isEqualTo(restart(GONE, 3));
    assertThat(look(12, GONE, false)).isEqualTo(new Remedy.Nothing());
    assertThat(look(16, GONE, false)).isEqualTo(restart(GONE, 4));
    assertThat(look(17, GONE, true)).isEqualTo(new Remedy.HandOver("web", GONE.text()));
  }

  @Test
  void restartsOfLongAgoAreForgotten() {
    look(0, GONE, true);
    look(1, GONE, true);

    assertThat(look(700, GONE, true)).isEqualTo(restart(GONE, 1));
  }

  @Test
  void notKnowingIsNoSickness() {
    assertThat(look(0, new Condition.Unknown("no answer"), true)).isEqualTo(new Remedy.Nothing());
    assertThat(look(100, new Condition.Unknown("no answer"), true)).isEqualTo(new Remedy.Nothing());
  }
}
