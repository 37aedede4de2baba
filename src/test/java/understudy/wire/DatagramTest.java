package understudy.wire;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import understudy.config.Endpoint;
import understudy.failover.Designation;
import understudy.failover.NodeName;
import understudy.wire.DatagramOpen.Opened;

class DatagramTest {
  private static final byte[] NOTHING_HEARD = new byte[HeartbeatKeys.SESSION_BYTES];

  private final ClusterSecret cluster = ClusterSecret.random();
  private final Identity alpha = identity("alpha");
  private final Identity beta = identity("beta");
  private final DatagramSeal fromAlpha = new DatagramSeal(keys(alpha, beta, cluster));
  private final DatagramSeal fromBeta = new DatagramSeal(keys(beta, alpha, cluster));
  private final DatagramOpen atAlpha = new DatagramOpen(keys(alpha, beta, cluster), fromAlpha);
  private final DatagramOpen atBeta = new DatagramOpen(keys(beta, alpha, cluster), fromBeta);

  @Test
  void arrivesAsItWasSent() {
    Optional<Opened> opened = atBeta.open(fromAlpha.seal(bytes("here"), NOTHING_HEARD));

    assertThat(opened.map(Opened::payload)).contains(ByteBuffer.wrap(bytes("here")));
    assertThat(opened.map(Opened::counter)).contains(1L);
  }

  @Test
  void opensOnceOnly() {
    byte[] datagram = fromAlpha.seal(bytes("here"), NOTHING_HEARD);

    assertThat(atBeta.open(datagram)).isPresent();
    assertThat(atBeta.open(datagram)).isEmpty();
  }

  @Test
  void opensOutOfOrderWithinTheWindowAndNeverTwice() {
    List<byte[]> sent = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      sent.add(fromAlpha.seal(bytes("beat " + i), NOTHING_HEARD));
    }
    Collections.shuffle(sent, new Random(7));

    assertThat(sent).allSatisfy(datagram -> assertThat(atBeta.open(datagram)).isPresent());
    assertThat(sent).allSatisfy(datagram -> assertThat(atBeta.open(datagram)).isEmpty());
  }

  @Test
  void isTooLateBehindTheWindow() {
    byte[] late = fromAlpha.seal(bytes("late"), NOTHING_HEARD);
    for (int i = 0; i < 64; i++) {
      atBeta.open(fromAlpha.seal(bytes("beat"), NOTHING_HEARD));
    }

    assertThat(atBeta.open(late)).isEmpty();
  }

  @Test
  void everyChangedBitIsNoticed() {
    byte[] datagram = fromAlpha.seal(bytes("here"), NOTHING_HEARD);
    for (int bit = 0; bit < datagram.length * 8; bit++) {
      byte[] changed = datagram.clone();
      changed[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThat(atBeta.open(changed)).as("bit %d", bit).isEmpty();
    }
    assertThat(atBeta.open(datagram)).isPresent();
  }

  @Test
  void cannotBeSentBackToItsSender() {
    assertThat(atAlpha.open(fromAlpha.seal(bytes("here"), NOTHING_HEARD))).isEmpty();
  }

  @Test
  void nodesOfAnotherClusterSecretAreNotUnderstood() {
    DatagramSeal stranger = new DatagramSeal(keys(alpha, beta, ClusterSecret.random()));

    assertThat(atBeta.open(stranger.seal(bytes("here"), NOTHING_HEARD))).isEmpty();
  }

  @Test
  void shortAndForeignDatagramsAreIgnored() {
    assertThat(atBeta.open(new byte[0])).isEmpty();
    assertThat(atBeta.open(new byte[DatagramSeal.OVERHEAD_BYTES])).isEmpty();
    assertThat(atBeta.open(new byte[65_000])).isEmpty();
  }

  @Test
  void isAnAnswerOnceTheSenderHeardUs() {
    Opened first = atBeta.open(fromAlpha.seal(bytes("one"), atAlpha.lastSession())).orElseThrow();
    Opened reply = atAlpha.open(fromBeta.seal(bytes("two"), atBeta.lastSession())).orElseThrow();
    Opened third = atBeta.open(fromAlpha.seal(bytes("three"), atAlpha.lastSession())).orElseThrow();

    assertThat(List.of(first.isAnswer(), reply.isAnswer(), third.isAnswer()))
        .containsExactly(false, true, true);
  }

  @Test
  void aRecordingPlayedToARestartedNodeIsNoAnswer() {
    byte[] recorded = fromAlpha.seal(bytes("old"), atBeta.lastSession());
    DatagramSeal restarted = new DatagramSeal(keys(beta, alpha, cluster));
    DatagramOpen atRestarted = new DatagramOpen(keys(beta, alpha, cluster), restarted);

    assertThat(atRestarted.open(recorded).map(Opened::isAnswer)).contains(false);
  }

  @Test
  void twoNodesFindEachOtherAgainAfterOneRestartsEvenAmongRecordings() {
    byte[] recorded = fromAlpha.seal(bytes("old"), NOTHING_HEARD);
    atBeta.open(fromAlpha.seal(bytes("one"), atAlpha.lastSession()));
    atAlpha.open(fromBeta.seal(bytes("two"), atBeta.lastSession()));
    DatagramSeal again = new DatagramSeal(keys(beta, alpha, cluster));
    DatagramOpen atAgain = new DatagramOpen(keys(beta, alpha, cluster), again);

    atAgain.open(recorded);
    atAgain.open(fromAlpha.seal(bytes("three"), atAlpha.lastSession()));
    Opened heard = atAlpha.open(again.seal(bytes("four"), atAgain.lastSession())).orElseThrow();
    Opened back = atAgain.open(fromAlpha.seal(bytes("five"), atAlpha.lastSession())).orElseThrow();

    assertThat(heard.isAnswer()).isTrue();
    assertThat(back.isAnswer()).isTrue();
  }

  @Test
  void manyRestartsAreRememberedWithinBounds() {
    for (int i = 0; i < 100; i++) {
      DatagramSeal again = new DatagramSeal(keys(alpha, beta, cluster));
      assertThat(atBeta.open(again.seal(bytes("here"), NOTHING_HEARD))).isPresent();
    }
    assertThat(atBeta.rememberedSessions()).isEqualTo(8);
  }

  private static Identity identity(String name) {
    return Identity.create(new NodeName(name), List.of());
  }

  private static HeartbeatKeys keys(Identity own, Identity peer, ClusterSecret cluster) {
    Member member =
        new Member(
            new NodeName("peer"),
            Designation.SECONDARY,
            peer.certificate(),
            List.of(new Endpoint("127.0.0.1", 7443)),
            List.of());
    return new HeartbeatKeys(own, member, cluster);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(US_ASCII);
  }
}
