package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import understudy.linux.Directory;
import understudy.linux.ExtendedAttributes;

/** Whole runs between two engines, compared by programs that are not ours. */
class SyncTest {
  private SyncLab lab;

  @BeforeEach
  void open() throws IOException {
    lab = new SyncLab();
  }

  @AfterEach
  void close() throws IOException {
    lab.close();
  }

  private void assertSame() {
    assertThat(TreePicture.of(lab.beta.root).differencesTo(TreePicture.of(lab.alpha.root)))
        .isEmpty();
  }

  @Test
  void firstSyncBringsEverythingAndTheSecondFindsNothingToDo() throws IOException {
    Files.writeString(lab.alpha.root.resolve("one"), "1");
    Files.createDirectories(lab.alpha.root.resolve("a/b"));
    Files.writeString(lab.alpha.root.resolve("a/b/two"), "2");

    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    assertSame();
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Unchanged.class);
    assertThat(lab.beta.engine().heads().getFirst().generation())
        .isEqualTo(lab.alpha.engine().heads().getFirst().generation());
  }

  @Test
  void attributesFollowWhenTheyComeChangeAndGo() throws IOException {
    Files.writeString(lab.alpha.root.resolve("file"), "1");
    Files.createDirectory(lab.alpha.root.resolve("directory"));
    for (String value : new String[] {"one", "two", ""}) {
      try (Directory root = Directory.open(lab.alpha.root)) {
        for (byte[] name : new byte[][] {Reserved.ascii("file"), Reserved.ascii("directory")}) {
          if (value.isEmpty()) {
            ExtendedAttributes.remove(root, name, Reserved.ascii("user.kept"));
          } else {
            ExtendedAttributes.set(
                root, name, Reserved.ascii("user.kept"), value.getBytes(StandardCharsets.UTF_8));
          }
        }
      }
      assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
      for (String name : new String[] {"file", "directory"}) {
        assertThat(attributes(lab.beta.root.resolve(name)))
            .isEqualTo(attributes(lab.alpha.root.resolve(name)));
        assertThat(attributes(lab.beta.root.resolve(name)))
            .isEqualTo(value.isEmpty() ? "" : "kept=" + value);
      }
    }
  }

  /** As Java's own view shows them. */
  private static String attributes(Path path) throws IOException {
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(path, UserDefinedFileAttributeView.class);
    StringBuilder shown = new StringBuilder();
    for (String name : view.list()) {
      ByteBuffer value = ByteBuffer.allocate(view.size(name));
      int _ = view.read(name, value);
      shown.append(name).append('=').append(StandardCharsets.UTF_8.decode(value.flip()));
    }
    return shown.toString();
  }

  @Test
  void twoNodesThatFollowEachOtherAreRefusedAndDoNotWaitForEver() throws Exception {
    Files.writeString(lab.alpha.root.resolve("one"), "1");
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
    StreamOpener beta = lab.beta.listening();
    AtomicReference<SyncResult> inner = new AtomicReference<>();
    Runnable alphaAsksBeta =
        () ->
            inner.set(
                lab.alpha.engine().pull(SyncLab.DATASET, beta, PullOptions.USUAL, progress -> {}));
    SyncResult outer =
        lab.beta
            .engine()
            .pull(
                SyncLab.DATASET,
                () -> new FirstReading(lab.alpha.listening().open(), alphaAsksBeta),
                PullOptions.USUAL,
                progress -> {});
    assertThat(outer).isInstanceOf(SyncResult.Unchanged.class);
    assertThat(Optional.ofNullable(inner.get()).orElseThrow())
        .isInstanceOfSatisfying(
            SyncResult.Failed.class,
            failed -> assertThat(failed.code()).isEqualTo(SyncRefused.Code.BUSY));
  }

  /** A stream whose run first does something else, when it has begun to follow. */
  private record FirstReading(SyncStream stream, Runnable before) implements SyncStream {
    @Override
    public InputStream in() {
      before.run();
      return stream.in();
    }

    @Override
    public OutputStream out() {
      return stream.out();
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void nastyTreesArriveWholeAndStaySoWhileTheyChange(long seed) throws IOException {
    NastyTree nasty = new NastyTree(lab.alpha.root, seed);
    nasty.grow(30);
    for (int round = 0; round < 5; round++) {
      SyncResult result = lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.forced());
      assertThat(result).isInstanceOfAny(SyncResult.Done.class, SyncResult.Unchanged.class);
      assertSame();
      nasty.change(25);
    }
  }
}
