package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import understudy.config.DatasetConfig;
import understudy.config.Limit;
import understudy.failover.NodeName;
import understudy.time.SystemClock;

/** Both sides write; both sides get what either has. */
class MergeTest {
  private Path home;
  private Path active;
  private Path standby;
  private SyncEngine alpha;
  private SyncEngine beta;

  @BeforeEach
  void open() throws IOException {
    home = Files.createTempDirectory("understudy-merge");
    active = Files.createDirectories(home.resolve("alpha/data"));
    standby = Files.createDirectories(home.resolve("beta/data"));
    alpha = engine("alpha", active);
    beta = engine("beta", standby);
  }

  @AfterEach
  void close() throws Exception {
    alpha.close();
    beta.close();
    assertThat(new ProcessBuilder("rm", "-r", home.toString()).start().waitFor()).isZero();
  }

  private SyncEngine engine(String name, Path data) throws IOException {
    DatasetConfig.Keeping usual = DatasetConfig.Keeping.USUAL;
    var keeping =
        new DatasetConfig.Keeping(
            DatasetConfig.Mode.MERGE,
            usual.keepFor(),
            usual.keepBytes(),
            usual.maxDelete(),
            Optional.empty());
    var config =
        new DatasetConfig(
            "files",
            data,
            new DatasetConfig.Schedule.Continuous(Duration.ofSeconds(1)),
            DatasetConfig.Selection.EVERYTHING,
            keeping,
            Limit.NONE);
    return new SyncEngine(
        home.resolve(name + "/state"), List.of(config), new NodeName(name), new SystemClock());
  }

  private interface Serving {
    void serve(Socket socket) throws IOException;
  }

  private static SyncResult pull(SyncEngine to, Serving from, PullOptions options)
      throws Exception {
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Thread serving =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try (Socket socket = server.accept()) {
                      from.serve(socket);
                    } catch (IOException hungUp) {
                      assertThat(hungUp).isNotNull();
                    }
                  });
      SyncResult result =
          to.pull("files", () -> SyncLab.connect(server.getLocalPort()), options, progress -> {});
      serving.join();
      return result;
    }
  }

  /** As the daemons do: the standby follows, then the active node gathers. */
  private void sync() throws Exception {
    follow();
    SyncResult gathered =
        pull(
            alpha,
            socket ->
                beta.serveVerified(
                    socket.getInputStream(),
                    socket.getOutputStream(),
                    new NodeName("alpha"),
                    SyncLab.TERM),
            PullOptions.USUAL.gathering());
    assertThat(gathered).isInstanceOfAny(SyncResult.Done.class, SyncResult.Unchanged.class);
  }

  private void follow() throws Exception {
    SyncResult followed =
        pull(
            beta,
            socket ->
                alpha.serve(
                    socket.getInputStream(),
                    socket.getOutputStream(),
                    new NodeName("beta"),
                    SyncLab.TERM,
                    (_, _) -> {}),
            PullOptions.USUAL);
    assertThat(followed).isInstanceOfAny(SyncResult.Done.class, SyncResult.Unchanged.class);
  }

  private void assertEqualTrees() {
    assertThat(
            TreePicture.of(active).differencesTo(TreePicture.of(standby)).stream()
                .filter(difference -> !difference.contains(": d ") && !difference.contains(" d 7"))
                .toList())
        .isEmpty();
  }

  private static void append(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardOpenOption.APPEND);
  }

  @Test
  void bothSidesGetWhatEitherHasWritten() throws Exception {
    Files.createDirectories(active.resolve("day1"));
    Files.createDirectories(standby.resolve("day1"));
    Files.createDirectories(standby.resolve("day2/deep"));
    Files.writeString(active.resolve("day1/a"), "from alpha");
    Files.writeString(standby.resolve("day1/b"), "from beta");
    Files.writeString(standby.resolve("day2/deep/c"), "from beta");
    sync();
    assertEqualTrees();
    assertThat(active.resolve("day1/b")).hasContent("from beta");
    assertThat(active.resolve("day2/deep/c")).hasContent("from beta");
    assertThat(standby.resolve("day1/a")).hasContent("from alpha");
    Files.writeString(active.resolve("day1/d"), "later from alpha");
    Files.writeString(standby.resolve("day1/e"), "later from beta");
    sync();
    assertEqualTrees();
    assertThat(active.resolve("day1/e")).hasContent("later from beta");
    assertThat(standby.resolve("day1/d")).hasContent("later from alpha");
  }

  @Test
  void ofTwoThatBeginAlikeTheLongerIsTakenOnBothSides() throws Exception {
    Files.writeString(active.resolve("longer-there"), "one\n");
    Files.writeString(standby.resolve("longer-there"), "one\ntwo\n");
    Files.writeString(active.resolve("longer-here"), "one\ntwo\n");
    Files.writeString(standby.resolve("longer-here"), "one\n");
    sync();
    assertEqualTrees();
    assertThat(active.resolve("longer-there")).hasContent("one\ntwo\n");
    assertThat(standby.resolve("longer-here")).hasContent("one\ntwo\n");
    append(active.resolve("longer-here"), "three\n");
    sync();
    append(standby.resolve("longer-here"), "four\n");
    sync();
    assertEqualTrees();
    assertThat(active.resolve("longer-here")).hasContent("one\ntwo\nthree\nfour\n");
    try (var files = Files.list(active)) {
      assertThat(files.map(file -> file.getFileName() + "").sorted())
          .containsExactly(".understudy", "longer-here", "longer-there");
    }
  }

  @Test
  void ofTwoThatDifferBothAreKept() throws Exception {
    Files.writeString(active.resolve("report"), "what alpha found");
    Files.writeString(standby.resolve("report"), "what beta found, and it is longer");
    Files.writeString(active.resolve("other"), "alpha, and this one is longer");
    Files.writeString(standby.resolve("other"), "beta");
    sync();
    assertEqualTrees();
    assertThat(active.resolve("report")).hasContent("what alpha found");
    assertThat(active.resolve("other")).hasContent("alpha, and this one is longer");
    for (Path side : List.of(active, standby)) {
      try (var files = Files.list(side)) {
        assertThat(files.map(file -> file.getFileName() + ""))
            .filteredOn(name -> name.contains(".from-beta-term-"))
            .hasSize(2);
      }
    }
    sync();
    sync();
    try (var files = Files.list(active)) {
      assertThat(files).hasSize(5);
    }
  }

  @Test
  void deletesDoNotPropagateAndDoNotComeBack() throws Exception {
    Files.writeString(active.resolve("old"), "old");
    Files.writeString(active.resolve("stays"), "stays");
    sync();
    Files.delete(active.resolve("old"));
    sync();
    sync();
    assertThat(standby.resolve("old")).hasContent("old");
    assertThat(active.resolve("old")).doesNotExist();
    Files.writeString(active.resolve("old"), "again");
    sync();
    assertThat(active.resolve("old")).hasContent("again");
  }

  @Test
  void whatIsNewInADirectoryThatCameAgainIsCopied() throws Exception {
    Files.createDirectories(active.resolve("incoming/deep"));
    Files.writeString(active.resolve("incoming/deep/old"), "old");
    sync();
    deleteAll(active.resolve("incoming"));
    sync();
    assertThat(active.resolve("incoming")).doesNotExist();
    Files.createDirectories(active.resolve("incoming"));
    sync();
    Files.writeString(standby.resolve("incoming/new"), "new");
    sync();
    assertThat(active.resolve("incoming/new")).hasContent("new");
    deleteAll(active.resolve("incoming"));
    sync();
    assertThat(active.resolve("incoming")).doesNotExist();
  }

  @Test
  void bothAreKeptAlsoWhenMoreHasChangedThanIsNoted() throws Exception {
    Files.writeString(active.resolve("zzz"), "of both");
    sync();
    for (int at = 0; at < History.MOST_CHANGES; at++) {
      Files.createFile(standby.resolve("a" + at));
    }
    Files.writeString(standby.resolve("zzz"), "what beta found");
    Files.writeString(active.resolve("zzz"), "what alpha found, and it is longer");
    follow();
    assertThat(standby.resolve("zzz")).hasContent("what alpha found, and it is longer");
    assertThat(standby.resolve("zzz.from-beta-term-7")).hasContent("what beta found");
  }

  private static void deleteAll(Path directory) throws Exception {
    assertThat(new ProcessBuilder("rm", "-r", directory.toString()).start().waitFor()).isZero();
  }
}
