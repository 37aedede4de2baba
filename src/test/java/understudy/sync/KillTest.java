package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import understudy.sync.plan.Hash;

/** Real {@code kill -9} of a real follower, at random instants, while the source keeps changing. */
class KillTest {
  private static final int KILLS = 8;

  private SyncLab lab;

  @BeforeEach
  void open() throws IOException {
    lab = new SyncLab();
  }

  @AfterEach
  void close() throws IOException {
    lab.close();
  }

  private Process start(int port) throws IOException {
    return ChildNode.start(
        false,
        "follow",
        lab.beta.root.toString(),
        lab.beta.state.toString(),
        Integer.toString(port));
  }

  @Test
  void aKilledFollowerIsFoundAtExactlyOneGeneration() throws Exception {
    Random random = new Random(42);
    NastyTree nasty = new NastyTree(lab.alpha.root, 42);
    nasty.grow(25);
    Map<Hash, TreePicture> pictures = new HashMap<>();
    try (ServerSocket server = lab.alpha.server()) {
      lab.beta.engine().close();
      for (int kill = 0; kill < KILLS; kill++) {
        remember(pictures);
        Process follower = start(server.getLocalPort());
        try {
          byte[] word = follower.getInputStream().readNBytes(4);
          assertThat(new String(word, StandardCharsets.US_ASCII)).isEqualTo("open");
          long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100 + random.nextInt(700));
          while (System.nanoTime() < end) {
            change(nasty, pictures);
          }
        } finally {
          follower.destroyForcibly().waitFor();
        }
        lab.beta.reopen(Effects.NONE);
        Head head = lab.beta.engine().heads().getFirst();
        assertThat(head.isWhole()).isTrue();
        if (head.wasSynced()) {
          TreePicture found = TreePicture.of(lab.beta.root);
          TreePicture expected =
              Optional.ofNullable(pictures.get(head.generation().orElseThrow().root()))
                  .orElseThrow();
          assertThat(found.differencesTo(expected)).isEmpty();
        }
        lab.beta.engine().close();
      }
    }
    lab.beta.reopen(Effects.NONE);
    assertThat(lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.forced()))
        .isInstanceOfAny(SyncResult.Done.class, SyncResult.Unchanged.class);
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
        .isEmpty();
  }

  /** No capture for the follower sees half of a change. */
  private void change(NastyTree nasty, Map<Hash, TreePicture> pictures) throws IOException {
    lab.alpha
        .engine()
        .locked(
            SyncLab.DATASET,
            dataset -> {
              nasty.change(10);
              remember(pictures);
              return dataset;
            });
  }

  private void remember(Map<Hash, TreePicture> pictures) throws IOException {
    pictures.put(
        lab.alpha.engine().capture(SyncLab.DATASET, SyncLab.TERM).root(),
        TreePicture.of(lab.alpha.root));
  }
}
