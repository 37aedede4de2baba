package understudy.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.ByteArrayEndPoint;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import understudy.wire.Frames;

class EndPointStreamTest {
  private static final Duration TOGETHER = Duration.ofMillis(300);

  @Test
  @Timeout(20)
  void aCallerWhoDribblesItsFirstWordsIsCutOffInTime() throws Exception {
    var endPoint = new ByteArrayEndPoint();
    try (var stream = new EndPointStream(endPoint);
        var dribbler = Executors.newSingleThreadScheduledExecutor()) {
      endPoint.addInput(new String(new char[] {0, 0, 3}));
      var dribbling =
          dribbler.scheduleAtFixedRate(() -> endPoint.addInput("\0"), 0, 20, TimeUnit.MILLISECONDS);
      stream.limitReadsTogether(TOGETHER);

      assertThat(stream.awaitFirstBytes()).isTrue();
      assertThatThrownBy(() -> Frames.read(stream.in(), 1024))
          .isInstanceOf(SocketTimeoutException.class);

      dribbling.cancel(true);
      assertThat(endPoint.isOpen()).isFalse();
    }
  }

  @Test
  @Timeout(20)
  void whoIsLetInHasAllTheTimeThatALimitOfEachReadLeaves() throws Exception {
    var endPoint = new ByteArrayEndPoint();
    try (var stream = new EndPointStream(endPoint);
        var later = Executors.newSingleThreadScheduledExecutor()) {
      stream.limitReadsTogether(TOGETHER);
      stream.limitReads(Duration.ZERO);
      long begun = System.nanoTime();
      var writing =
          later.schedule(
              () -> endPoint.addInput("x"),
              TOGETHER.multipliedBy(2).toMillis(),
              TimeUnit.MILLISECONDS);

      assertThat(stream.in().read()).isEqualTo('x');

      writing.get();
      assertThat(System.nanoTime() - begun).isGreaterThan(TOGETHER.toNanos());
    }
  }
}
