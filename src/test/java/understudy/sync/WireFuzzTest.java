package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import understudy.failover.NodeName;
import understudy.failover.Term;
import understudy.sync.plan.ByteReader;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Generation;
import understudy.sync.plan.Hash;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.Metadata;
import understudy.sync.plan.Name;
import understudy.sync.plan.Totals;
import understudy.sync.plan.Tree;
import understudy.sync.plan.TreeCode;
import understudy.sync.plan.TreePath;
import understudy.time.SystemClock;

/**
 * Bytes from the network that were cut, changed or made up: every decoder answers or says that they
 * are nonsense, takes no memory for sizes that were only claimed, and never breaks in another way.
 */
class WireFuzzTest {
  private static final int ROUNDS = 20_000;
  private static final Metadata PLAIN = new Metadata(0755, 0, 0, 0, 0, List.of());

  private static Tree tree() {
    Entry.File file =
        new Entry.File(Name.ascii("file"), PLAIN, 7, Hash.over(new byte[] {1}), Optional.empty());
    Entry.Subtree inner =
        new Entry.Subtree(
            Name.ascii("inner"), PLAIN, Hash.over(new byte[] {2}), new Totals(1, 1, 1, 0));
    return new Tree(List.of(file, inner));
  }

  private static byte[] offer() {
    Entry.Subtree root =
        new Entry.Subtree(
            TreeCode.ROOT_NAME, PLAIN, TreeCode.hash(TreeCode.encode(tree())), tree().totals());
    Generation generation =
        new Generation(
            "files",
            List.of(),
            new Term(1),
            new NodeName("alpha"),
            TreeCode.rootHash(root),
            Instant.EPOCH,
            tree().totals());
    return new Offer(generation, root, Optional.of(1), List.of(generation)).encode();
  }

  private static byte[] hello() throws MalformedException {
    TreePath path = TreePath.received("a/b".getBytes(StandardCharsets.US_ASCII));
    return new Hello("files", List.of(Hash.over(new byte[] {3})), false, Set.of(path), Set.of(path))
        .encode();
  }

  private interface Decoder {
    void decode(byte[] bytes) throws IOException, MalformedException;
  }

  private static void survive(byte[] bytes, Decoder decoder) {
    try {
      decoder.decode(bytes);
    } catch (MalformedException | IOException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    } catch (RuntimeException | OutOfMemoryError broken) {
      fail("broken by " + java.util.HexFormat.of().formatHex(bytes), broken);
    }
  }

  /** One to four of: another byte, a cut, a piece that comes twice, a huge number. */
  private static byte[] spoiled(byte[] good, Random random) {
    byte[] bytes = good.clone();
    for (int times = random.nextInt(4); times >= 0 && bytes.length > 0; times--) {
      int at = random.nextInt(bytes.length);
      switch (random.nextInt(4)) {
        case 0 -> bytes[at] = (byte) random.nextInt();
        case 1 -> bytes = java.util.Arrays.copyOf(bytes, at);
        case 2 -> {
          byte[] longer = java.util.Arrays.copyOf(bytes, bytes.length + at);
          System.arraycopy(bytes, 0, longer, bytes.length, at);
          bytes = longer;
        }
        default -> {
          for (int near = at; near < Math.min(at + 4, bytes.length); near++) {
            bytes[near] = (byte) (near == at ? 0x7f : 0xff);
          }
        }
      }
    }
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyDecoderAnswersOrRefuses(long seed) throws Exception {
    Random random = new Random(seed);
    byte[] tree = TreeCode.encode(tree());
    byte[] offer = offer();
    byte[] hello = hello();
    for (int round = 0; round < ROUNDS; round++) {
      survive(spoiled(tree, random), TreeCode::decode);
      survive(spoiled(offer, random), bytes -> Offer.decode(new ByteReader(bytes)));
      survive(spoiled(hello, random), bytes -> Hello.decode(new ByteReader(bytes)));
    }
  }

  /** A whole session: frames of all kinds in a row, spoiled. */
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void aSourceAndAFollowerSurviveAnyStream(long seed) throws Exception {
    Random random = new Random(seed);
    ByteArrayOutputStream good = new ByteArrayOutputStream();
    Channel channel = new Channel(new ByteArrayInputStream(new byte[0]), good, new SystemClock());
    channel.send(Channel.Kind.HELLO, hello());
    for (Channel.Kind kind : Channel.Kind.values()) {
      channel.send(kind, new byte[] {0, 3, 'a', '/', 'b', 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8});
    }
    channel.flush();
    for (int round = 0; round < ROUNDS / 10; round++) {
      byte[] bytes = spoiled(good.toByteArray(), random);
      survive(
          bytes,
          stream ->
              new Source(
                      name -> Optional.empty(),
                      new SystemClock(),
                      new Term(1),
                      (_, _) -> {},
                      new ByteArrayInputStream(stream),
                      OutputStream.nullOutputStream())
                  .serve());
      survive(
          bytes,
          stream -> {
            Channel reader =
                new Channel(
                    new ByteArrayInputStream(stream),
                    OutputStream.nullOutputStream(),
                    new SystemClock());
            List<Channel.Frame> frames = new ArrayList<>();
            Optional<Channel.Frame> frame = reader.next();
            while (frame.isPresent()) {
              frames.add(frame.get());
              frame = reader.next();
            }
            assertThat(frames.size() * 5).isLessThanOrEqualTo(stream.length);
          });
    }
  }
}
