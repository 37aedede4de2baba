package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static understudy.node.RunningNodes.await;
import static understudy.node.RunningNodes.start;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.Unhurried;
import understudy.wire.Dialer;
import understudy.wire.Greeting;
import understudy.wire.Members;
import understudy.wire.PeerConnection;
import understudy.wire.PeerConnector;
import understudy.wire.Purpose;
import understudy.wire.Reach;
import understudy.wire.Release;

/** A node of another release is a member like any other, but no data goes to it. */
class MixedReleasesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Who is served is waited for, to say what it wants. */
  private static final Duration WORDLESS = Duration.ofSeconds(1);

  @TempDir Path directory;

  @Test
  void dataGoesToTheSameReleaseOnly() throws Exception {
    var pair =
        new PreparedPair(
            directory,
            Unhurried.FAILOVER + "datasets: [{ name: files, path: DATA, every: continuous }]\n");
    try (Node alpha = start(pair.alpha)) {
      await("alpha serves", alpha.front()::isActive);
      alpha.meet(pair.beta.member());

      assertThat(isHungUpOn(pair, Release.current(), WORDLESS)).isFalse();
      assertThat(isHungUpOn(pair, new Release("0.0.9"), PATIENCE)).isTrue();
    }
  }

  /** Beta asks alpha for data and says no more. */
  private static boolean isHungUpOn(PreparedPair pair, Release release, Duration limit)
      throws IOException {
    PreparedPair.Side beta = pair.beta;
    Members members = Members.load(beta.directory().resolve("state")).orElseThrow();
    var greeting = new Greeting(beta.identity(), beta.name(), release, members);
    var connector = new PeerConnector(new Dialer(beta.identity(), PATIENCE), greeting);
    Reach reach = connector.connect(pair.alpha.member(), Purpose.SYNC);
    if (!(reach instanceof Reach.Reached(_, PeerConnection connection))) {
      throw new AssertionError(reach.sentence());
    }
    try (connection) {
      connection.stream().limitReads(limit);
      return connection.in().read() == -1;
    } catch (SocketTimeoutException stillOpen) {
      return false;
    }
  }
}
