package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import understudy.config.DatasetConfig;
import understudy.failover.NodeName;
import understudy.time.SystemClock;

/** A follower of a follower has only whole generations, also while the middle one commits. */
class ChainTest {
  private static final int RUNS = 25;

  private static SyncResult pull(SyncEngine to, SyncEngine standby) throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread serving =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try (Socket socket = server.accept()) {
                      standby.serveVerified(
                          socket.getInputStream(),
                          socket.getOutputStream(),
                          new NodeName("gamma"),
                          SyncLab.TERM);
                    } catch (IOException hungUp) {
                      assertThat(hungUp).isNotNull();
                    }
                  });
      SyncResult result =
          to.pull(
              SyncLab.DATASET,
              () -> SyncLab.connect(server.getLocalPort()),
              PullOptions.USUAL,
              progress -> {});
      serving.join();
      return result;
    }
  }

  /** Both files of a pair carry the same number in every generation. */
  private static void write(Path root, int number) throws IOException {
    Files.writeString(root.resolve("next"), "n" + number);
    for (int at = 0; at < 40; at++) {
      Files.writeString(root.resolve("f" + at), "n" + number + "x".repeat(3000));
    }
  }

  @Test
  void theEndOfTheChainIsAlwaysOneStateOfTheSource() throws Exception {
    try (SyncLab lab = new SyncLab()) {
      Path root = Files.createDirectories(lab.home.resolve("gamma/data"));
      var config =
          new DatasetConfig(
              SyncLab.DATASET,
              root,
              new DatasetConfig.Schedule.Continuous(Duration.ofSeconds(1)),
              DatasetConfig.Selection.EVERYTHING);
      try (SyncEngine gamma =
          new SyncEngine(
              lab.home.resolve("gamma/state"),
              List.of(config),
              new NodeName("gamma"),
              new SystemClock())) {
        write(lab.alpha.root, 0);
        assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
        AtomicBoolean isOver = new AtomicBoolean();
        Thread middle =
            Thread.ofPlatform()
                .start(
                    () -> {
                      for (int number = 1; number <= RUNS; number++) {
                        try {
                          write(lab.alpha.root, number);
                          lab.beta.pullFrom(lab.alpha);
                        } catch (IOException broken) {
                          throw new AssertionError(broken);
                        }
                      }
                      isOver.set(true);
                    });
        int done = 0;
        while (!isOver.get()) {
          SyncResult result = pull(gamma, lab.beta.engine());
          if (result instanceof SyncResult.Done) {
            done++;
          }
          if (Files.exists(root.resolve("next"))) {
            String number = Files.readString(root.resolve("next"));
            for (int at = 0; at < 40; at++) {
              assertThat(Files.readString(root.resolve("f" + at))).startsWith(number + "x");
            }
          }
        }
        middle.join();
        assertThat(done).isPositive();
        assertThat(pull(gamma, lab.beta.engine()))
            .isInstanceOfAny(SyncResult.Done.class, SyncResult.Unchanged.class);
        assertThat(TreePicture.of(root).differencesTo(TreePicture.of(lab.alpha.root))).isEmpty();
        assertThat(gamma.heads().getFirst().generation())
            .isEqualTo(lab.alpha.engine().heads().getFirst().generation());
      }
    }
  }
}
