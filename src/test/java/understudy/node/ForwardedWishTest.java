package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static understudy.node.RunningNodes.start;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.api.Action;
import understudy.api.ApiParts;
import understudy.api.ApiServer;
import understudy.api.NoData;
import understudy.api.PairViews;
import understudy.api.PairingCalls;
import understudy.api.ShownDocument;
import understudy.api.ShownNode;
import understudy.api.Users;
import understudy.api.Views;
import understudy.config.NodeConfig;
import understudy.time.SystemClock;
import understudy.wire.Dialer;
import understudy.wire.Frames;
import understudy.wire.Greeting;
import understudy.wire.Member;
import understudy.wire.Members;
import understudy.wire.PeerAcceptor;
import understudy.wire.PeerConnector;
import understudy.wire.Release;

/**
 * What another node has to fulfil or to tell, which does not answer, or not with what it should.
 */
class ForwardedWishTest {
  @TempDir Path directory;

  @Test
  void anOperationOfASilentNodeIsUnknownAndNotMissing() throws Exception {
    var pair = new PreparedPair(directory, "failover: { profile: fast }\n");
    try (Node beta = start(pair.beta)) {
      Views.Operation unknown = beta.front().operation("alpha:abc").orElseThrow();

      assertThat(unknown.id()).isEqualTo("alpha:abc");
      assertThat(unknown.state()).isEqualTo("unknown");
      assertThat(unknown.code()).isEqualTo("peer-unreachable");
      assertThat(unknown.message()).contains("alpha does not answer").contains("may be under way");
      assertThat(unknown.finished()).isNull();
      assertThat(beta.front().operation("gamma:abc")).isEmpty();
    }
  }

  @Test
  void anAnswerThatIsLostLeavesItOpenWhetherTheWishIsUnderWay() throws Exception {
    var pair = new PreparedPair(directory, "failover: { profile: fast }\n");
    PeerAcceptor takingAndDropping =
        connection -> Frames.read(connection.in(), Frames.LARGEST_CONTROL_BYTES);
    try (ApiServer _ = serving(pair.alpha, pair.beta.member(), takingAndDropping)) {
      var calls = new PeerCalls(connector(pair.beta));

      assertThatThrownBy(
              () ->
                  calls.act(
                      pair.alpha.member(),
                      Action.of(Action.Kind.SWITCHOVER),
                      "a test",
                      Optional.empty()))
          .isInstanceOf(PeerCalls.AnswerLost.class)
          .hasMessageContaining("may be under way");
    }
    var calls = new PeerCalls(connector(pair.beta));
    assertThatThrownBy(() -> calls.operation(pair.alpha.member(), "abc"))
        .isNotInstanceOf(PeerCalls.AnswerLost.class);
  }

  @Test
  void rowsOfAHistoryThatLackWordsAreRefusedWithAReason() throws Exception {
    var pair = new PreparedPair(directory, "failover: { profile: fast }\n");
    PeerAcceptor tellingHalf =
        connection -> {
          Frames.read(connection.in(), Frames.LARGEST_CONTROL_BYTES);
          String half =
              "{\"@type\":\"history\",\"rows\":[{\"id\":1,\"node\":\"alpha\",\"term\":5}]}";
          Frames.write(connection.out(), half.getBytes(StandardCharsets.UTF_8));
        };
    try (ApiServer _ = serving(pair.alpha, pair.beta.member(), tellingHalf)) {
      var calls = new PeerCalls(connector(pair.beta));
      var question = new PeerQuestion.AboutHistory(1L, null, null);

      assertThatThrownBy(() -> calls.history(pair.alpha.member(), question))
          .isInstanceOf(IOException.class)
          .hasMessage("malformed JSON: 'at' is missing");
    }
  }

  private static PeerConnector connector(PreparedPair.Side side) throws Exception {
    Members members = Members.load(side.configuration().node().state()).orElseThrow();
    return new PeerConnector(
        new Dialer(side.identity(), Duration.ofSeconds(5)),
        new Greeting(side.identity(), side.name(), Release.current(), members));
  }

  private static ApiServer serving(PreparedPair.Side side, Member caller, PeerAcceptor answers)
      throws Exception {
    NodeConfig config = side.configuration().node();
    Members members = Members.load(config.state()).orElseThrow();
    members.add(caller);
    var server =
        new ApiServer(
            new ApiParts(
                config,
                side.identity(),
                new Greeting(side.identity(), side.name(), Release.current(), members),
                new ShownNode(),
                answers,
                (certificate, stream) -> {},
                new NoPairing(),
                new NoData(),
                new ShownDocument(),
                new Users(config.state()),
                new SystemClock()));
    server.start();
    return server;
  }

  private static final class NoPairing implements PairingCalls {
    @Override
    public PairViews.Invitation invite() {
      throw new UnsupportedOperationException("nobody joins here");
    }

    @Override
    public List<PairViews.Reach> test() {
      return List.of();
    }

    @Override
    public PairViews.Leave remove(String node, boolean dryRun) {
      throw new UnsupportedOperationException("nobody leaves here");
    }

    @Override
    public PairViews.Leave leave(boolean dryRun) {
      throw new UnsupportedOperationException("nobody leaves here");
    }
  }
}
