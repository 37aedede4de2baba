package understudy.sync.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import understudy.failover.NodeName;
import understudy.failover.Term;

/** What is written is read back, and nothing else is. */
class TreeCodeTest {
  private static final Hash HASH = Hash.over(new byte[] {1});
  private static final Metadata PLAIN =
      new Metadata(
          04755,
          -1,
          70_000,
          -5,
          999_999_999,
          List.of(new Attribute(new Bytes(new byte[] {'u'}), new Bytes(new byte[] {0}))));

  private static final Tree TREE =
      new Tree(
          List.of(
              new Entry.Withheld(Name.ascii("a"), Entry.Withheld.Reason.CHANGING),
              new Entry.File(
                  Name.ascii("b"),
                  PLAIN,
                  5,
                  HASH,
                  Optional.of(TreePath.ROOT.child(Name.ascii("x")).child(Name.ascii("y")))),
              new Entry.Subtree(Name.ascii("c"), PLAIN, HASH, new Totals(9, 3, 77, 1)),
              new Entry.Symlink(Name.ascii("d"), PLAIN, new Bytes(new byte[] {'/', -1})),
              new Entry.Special(
                  Name.of(new byte[] {-1}), PLAIN, Entry.Special.Kind.BLOCK_DEVICE, 1L << 33)));

  @Test
  void everyKindOfEntryIsReadBack() throws MalformedException {
    byte[] encoded = TreeCode.encode(TREE);
    assertThat(TreeCode.decode(encoded)).isEqualTo(TREE);
    assertThat(TREE.totals()).isEqualTo(new Totals(14, 4, 82, 2));
  }

  @Test
  void noDamageGoesUnnoticedOrThrowsAnythingElse() {
    byte[] encoded = TreeCode.encode(TREE);
    Random random = new Random(3);
    for (int attempt = 0; attempt < 20_000; attempt++) {
      byte[] damaged = java.util.Arrays.copyOf(encoded, 1 + random.nextInt(encoded.length));
      damaged[random.nextInt(damaged.length)] ^= (byte) (1 + random.nextInt(255));
      try {
        assertThat(TreeCode.hash(TreeCode.encode(TreeCode.decode(damaged))))
            .isEqualTo(TreeCode.hash(damaged)); // readable: then it is another tree
      } catch (MalformedException expected) {
        assertThat(expected).hasMessageNotContaining("null");
      }
    }
  }

  @Test
  void entriesOutOfOrderAreRefused() {
    byte[] one = TreeCode.encode(new Tree(List.of(TREE.entries().get(0))));
    byte[] twice = java.util.Arrays.copyOf(one, 2 * one.length);
    System.arraycopy(one, 0, twice, one.length, one.length);
    assertThatThrownBy(() -> TreeCode.decode(twice)).isInstanceOf(MalformedException.class);
  }

  @Test
  void aGenerationIsNamedByEverythingInIt() throws MalformedException {
    Generation generation =
        new Generation(
            "files",
            List.of(HASH),
            new Term(3),
            new NodeName("alpha"),
            HASH,
            Instant.ofEpochSecond(5, 6),
            new Totals(1, 1, 1, 0));
    assertThat(Generation.decode(generation.encode())).isEqualTo(generation);
    Generation later =
        new Generation(
            "files",
            List.of(generation.id()),
            new Term(3),
            new NodeName("alpha"),
            HASH,
            Instant.ofEpochSecond(5, 6),
            new Totals(1, 1, 1, 0));
    assertThat(later.id()).isNotEqualTo(generation.id());
    assertThat(Hash.parse(later.id().toString())).isEqualTo(later.id());
  }

  @Test
  void contentIsNamedTheSameHoweverItArrives() {
    byte[] content = new byte[300_001];
    new Random(1).nextBytes(content);
    ContentHash whole = new ContentHash(content.length);
    whole.update(content, 0, content.length);
    ContentHash parts = new ContentHash(content.length);
    for (int at = 0; at < content.length; at += 777) {
      parts.update(content, at, Math.min(777, content.length - at));
    }
    assertThat(parts.finish()).isEqualTo(whole.finish());
    assertThat(ContentHash.blockBytes(0)).isEqualTo(64 << 10);
    assertThat(ContentHash.blockBytes((8L << 30) + 1)).isEqualTo(128 << 10);
    assertThat(ContentHash.blockBytes(Long.MAX_VALUE)).isEqualTo(16 << 20);
  }
}
