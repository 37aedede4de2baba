package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import understudy.linux.Directory;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.TreePath;

/** What syncs took away is listed, compared, seen as of a time, and had back. */
class SalvageTest extends TwoTrees {
  private Salvage salvage() {
    return lab.beta.engine().salvage(SyncLab.DATASET);
  }

  private void sync() throws IOException {
    assertThat(lab.beta.pullFrom(lab.alpha)).isInstanceOf(SyncResult.Done.class);
  }

  /** An instant between two syncs: their rows carry milliseconds. */
  private static Instant between() throws InterruptedException {
    Instant start = Instant.now();
    while (Instant.now().toEpochMilli() < start.toEpochMilli() + 3) {
      Thread.onSpinWait();
    }
    Instant middle = Instant.now();
    while (Instant.now().toEpochMilli() < middle.toEpochMilli() + 3) {
      Thread.onSpinWait();
    }
    return middle;
  }

  private static TreePath path(String text) {
    try {
      return text.isEmpty()
          ? TreePath.ROOT
          : TreePath.received(text.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedException wrong) {
      throw new AssertionError(wrong);
    }
  }

  /** What differs, but for the directory's own time, of which only the newest is known. */
  private static List<String> inside(Path found, TreePicture expected) {
    return TreePicture.of(found).differencesTo(expected).stream()
        .filter(difference -> !difference.startsWith(".: "))
        .toList();
  }

  private Undone kept(String path) throws IOException {
    return salvage().list(KeptQuery.all()).stream()
        .filter(undone -> undone.path().toString().equals(path))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void everyPastStateOfADirectoryIsRestoredAsItWas() throws Exception {
    Files.createDirectories(source.resolve("d/deep"));
    Files.writeString(source.resolve("d/changes"), "one");
    Files.writeString(source.resolve("d/deep/stays"), "stays");
    Files.writeString(source.resolve("other"), "other");
    sync();
    TreePicture first = TreePicture.of(target.resolve("d"));
    Instant afterFirst = between();
    Files.writeString(source.resolve("d/changes"), "two");
    Files.writeString(source.resolve("d/appears"), "new");
    sync();
    TreePicture second = TreePicture.of(target.resolve("d"));
    Instant afterSecond = between();
    try (Directory root = Directory.open(source)) {
      Reserved.removeAll(root, Reserved.ascii("d"));
    }
    sync();
    Instant afterThird = between();
    Files.writeString(source.resolve("d"), "a file now");
    sync();

    Path one = lab.home.resolve("one");
    salvage().restore(new Wanted.AsOf(path("d"), afterFirst), one, false);
    assertThat(inside(one, first)).isEmpty();
    Path two = lab.home.resolve("two");
    salvage().restore(new Wanted.AsOf(path("d"), afterSecond), two, false);
    assertThat(inside(two, second)).isEmpty();
    assertThatThrownBy(
            () ->
                salvage()
                    .restore(new Wanted.AsOf(path("d"), afterThird), lab.home.resolve("x"), false))
        .isInstanceOf(SyncRefused.class)
        .hasMessageContaining("did not exist then");
    Path now = lab.home.resolve("now");
    salvage().restore(new Wanted.AsOf(path("d"), Instant.now()), now, false);
    assertThat(now).hasContent("a file now");

    assertThat(salvage().at(path("d"), afterFirst, 100))
        .extracting(past -> past.path() + " " + past.kind() + " " + past.isKept())
        .containsExactly("d directory true", "d/changes file true", "d/deep directory true");
    Path deep = lab.home.resolve("deep");
    salvage().restore(new Wanted.AsOf(path("d/deep/stays"), afterFirst), deep, false);
    assertThat(deep).hasContent("stays");
    Path whole = lab.home.resolve("whole");
    salvage().restore(new Wanted.AsOf(TreePath.ROOT, afterFirst), whole, false);
    assertThat(whole.resolve("d/changes")).hasContent("one");
    assertThat(whole.resolve("other")).hasContent("other");
    assertThat(whole.resolve(".understudy")).doesNotExist();
  }

  @Test
  void restoredContentCarriesAllItCarried() throws Exception {
    new NastyTree(source, 11).grow(120);
    sync();
    TreePicture before = TreePicture.of(target);
    Instant then = between();
    try (Directory root = Directory.open(source)) {
      for (byte[] name : root.names()) {
        if (!java.util.Arrays.equals(name, Reserved.AREA.bytes())) {
          Reserved.removeAll(root, name);
        }
      }
    }
    assertThat(lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.forced()))
        .isInstanceOf(SyncResult.Done.class);
    Path back = lab.home.resolve("back");
    Restored restored = salvage().restore(new Wanted.AsOf(TreePath.ROOT, then), back, false);
    assertThat(inside(back, before)).isEmpty();
    assertThat(restored.shortfalls()).isZero();

    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    salvage().send(new Wanted.AsOf(TreePath.ROOT, then), sent);
    Path there = lab.home.resolve("there");
    lab.alpha
        .engine()
        .salvage(SyncLab.DATASET)
        .receive(new ByteArrayInputStream(sent.toByteArray()), "all", there, false);
    assertThat(inside(there, before)).isEmpty();
  }

  @Test
  void aDamagedOrCutParcelIsNotTakenForWhole() throws Exception {
    Files.writeString(source.resolve("a"), "x".repeat(1000));
    sync();
    Files.delete(source.resolve("a"));
    Files.writeString(source.resolve("b"), "b");
    sync();
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    salvage().send(new Wanted.Kept(kept("a").id()), sent);
    byte[] bytes = sent.toByteArray();
    bytes[bytes.length - 500] ^= 1;
    Salvage there = lab.alpha.engine().salvage(SyncLab.DATASET);
    Path place = lab.home.resolve("place");
    assertThatThrownBy(() -> there.receive(new ByteArrayInputStream(bytes), "a", place, false))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged");
    assertThat(place).doesNotExist();
    assertThatThrownBy(
            () ->
                there.receive(
                    new ByteArrayInputStream(bytes, 0, bytes.length / 2), "a", place, false))
        .isInstanceOf(IOException.class);
    assertThat(place).doesNotExist();
    ByteArrayOutputStream refused = new ByteArrayOutputStream();
    salvage().send(new Wanted.Kept(4711), refused);
    assertThatThrownBy(
            () ->
                there.receive(
                    new ByteArrayInputStream(refused.toByteArray()), "refused", place, false))
        .isInstanceOf(SyncRefused.class)
        .hasMessageContaining("nothing is kept under the id 4711");
  }

  @Test
  void aRestoreNeverOverwritesWithoutConsentAndKeepsWhatItReplaces() throws Exception {
    Files.writeString(source.resolve("a"), "old");
    sync();
    Files.writeString(source.resolve("a"), "new");
    sync();
    Wanted wanted = new Wanted.Kept(kept("a").id());
    Path place = lab.home.resolve("place");
    Files.writeString(place, "precious");
    assertThatThrownBy(() -> salvage().restore(wanted, place, false))
        .isInstanceOf(SyncRefused.class)
        .hasMessageContaining("something is at");
    assertThat(place).hasContent("precious");
    Restored restored = salvage().restore(wanted, place, true);
    assertThat(place).hasContent("old");
    assertThat(Path.of(restored.replaced())).hasContent("precious");

    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    salvage().send(wanted, sent);
    Salvage active = lab.alpha.engine().salvage(SyncLab.DATASET);
    assertThatThrownBy(
            () ->
                active.receiveInPlace(
                    new ByteArrayInputStream(sent.toByteArray()), "a", path("a"), false))
        .isInstanceOf(SyncRefused.class);
    assertThat(source.resolve("a")).hasContent("new");
    active.receiveInPlace(new ByteArrayInputStream(sent.toByteArray()), "a", path("a"), true);
    assertThat(source.resolve("a")).hasContent("old");
    assertThat(active.list(KeptQuery.all()))
        .extracting(undone -> undone.path().toString())
        .containsExactly("a");
    sync();
    assertThat(target.resolve("a")).hasContent("old");
    active.restoreInPlace(new Wanted.Kept(active.list(KeptQuery.all()).getFirst().id()), true);
    assertThat(source.resolve("a")).hasContent("new");
  }

  @Test
  void aRestoreIntoALinkedDirectoryDoesNotLeaveTheDataset() throws Exception {
    Files.createDirectories(source.resolve("d"));
    Files.writeString(source.resolve("d/f"), "f");
    sync();
    Files.delete(source.resolve("d/f"));
    sync();
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    salvage().send(new Wanted.Kept(kept("d/f").id()), sent);
    Path outside = Files.createDirectories(lab.home.resolve("outside"));
    Files.delete(source.resolve("d"));
    Files.createSymbolicLink(source.resolve("d"), outside);
    assertThatThrownBy(
            () ->
                lab.alpha
                    .engine()
                    .salvage(SyncLab.DATASET)
                    .receiveInPlace(
                        new ByteArrayInputStream(sent.toByteArray()), "d/f", path("d/f"), true))
        .isInstanceOf(IOException.class);
    assertThat(outside).isEmptyDirectory();
  }

  @Test
  void anInterruptedRestoreGoesOnWhereItWas() throws Exception {
    Files.createDirectories(source.resolve("d"));
    for (int at = 0; at < 20; at++) {
      Files.writeString(source.resolve("d/f" + at), "content " + at);
    }
    sync();
    try (Directory root = Directory.open(source)) {
      Reserved.removeAll(root, Reserved.ascii("d"));
    }
    Files.writeString(source.resolve("stays"), "stays");
    assertThat(lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.forced()))
        .isInstanceOf(SyncResult.Done.class);
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    salvage().send(new Wanted.Kept(kept("d").id()), sent);
    Path place = lab.home.resolve("place");
    byte[] bytes = sent.toByteArray();
    Wanted wanted = new Wanted.Kept(kept("d").id());
    assertThatThrownBy(
            () ->
                salvage()
                    .receive(
                        new ByteArrayInputStream(bytes, 0, bytes.length / 2),
                        wanted.toString(),
                        place,
                        false))
        .isInstanceOf(IOException.class);
    Path building;
    try (var files = Files.list(lab.home)) {
      building = files.filter(file -> (file + "").contains("restoring")).findFirst().orElseThrow();
    }
    long done;
    try (var files = Files.list(building)) {
      done = files.count();
    }
    assertThat(done).isBetween(5L, 15L);
    Object inode = Files.getAttribute(building.resolve("f0"), "unix:ino");
    salvage().restore(wanted, place, false);
    assertThat(Files.getAttribute(place.resolve("f0"), "unix:ino")).isEqualTo(inode);
    assertThat(place.resolve("f19")).hasContent("content 19");
    assertThat(building).doesNotExist();
  }

  @Test
  void comparisonNamesWhatDiffers() throws Exception {
    Files.createDirectories(source.resolve("d"));
    Files.writeString(source.resolve("d/same"), "same");
    Files.writeString(source.resolve("d/changes"), "abc");
    Files.writeString(source.resolve("d/goes"), "goes");
    sync();
    Instant then = between();
    Files.writeString(source.resolve("d/changes"), "abd");
    Files.delete(source.resolve("d/goes"));
    Files.writeString(source.resolve("d/comes"), "comes");
    sync();
    List<Difference> differences = salvage().compare(new Wanted.AsOf(path("d"), then), 100);
    assertThat(differences)
        .extracting(difference -> difference.path() + ": " + difference.what())
        .containsExactlyInAnyOrder("d/changes: content", "d/goes: only then", "d/comes: only now");
    assertThat(salvage().compare(new Wanted.Kept(kept("d/goes").id()), 100))
        .extracting(Difference::what)
        .containsExactly("only then");
  }

  @Test
  void nothingOfAnUnfinishedRestoreIsMixedIntoTheNext() throws Exception {
    Files.createDirectories(source.resolve("d"));
    Files.createDirectories(source.resolve("e"));
    for (int at = 0; at < 20; at++) {
      Files.writeString(source.resolve("d/of-d" + at), "content " + at);
    }
    Files.writeString(source.resolve("e/of-e"), "e");
    Files.writeString(source.resolve("stays"), "stays");
    sync();
    try (Directory root = Directory.open(source)) {
      Reserved.removeAll(root, Reserved.ascii("d"));
      Reserved.removeAll(root, Reserved.ascii("e"));
    }
    assertThat(lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.forced()))
        .isInstanceOf(SyncResult.Done.class);
    Salvage active = lab.alpha.engine().salvage(SyncLab.DATASET);
    byte[] d = sent("d");
    byte[] e = sent("e");
    InputStream half = new ByteArrayInputStream(d, 0, d.length / 2);
    assertThatThrownBy(() -> active.receiveInPlace(half, "d", path("d"), false))
        .isInstanceOf(IOException.class);
    InputStream halfElsewhere = new ByteArrayInputStream(d, 0, d.length / 2);
    Path place = lab.home.resolve("place");
    assertThatThrownBy(() -> active.receive(halfElsewhere, "d", place, false))
        .isInstanceOf(IOException.class);
    active.receiveInPlace(new ByteArrayInputStream(e), "e", path("e"), false);
    active.receive(new ByteArrayInputStream(e), "e", place, false);
    for (Path restored : List.of(source.resolve("e"), place)) {
      try (var files = Files.list(restored)) {
        assertThat(files.map(file -> file.getFileName() + "")).containsExactly("of-e");
      }
    }
    try (var files = Files.list(source.resolve(".understudy"))) {
      assertThat(files.map(file -> file.getFileName() + ""))
          .noneMatch(name -> name.startsWith("restoring"));
    }
  }

  private byte[] sent(String path) throws IOException {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    salvage().send(new Wanted.Kept(kept(path).id()), sent);
    return sent.toByteArray();
  }

  @Test
  void theOldestGoesWhenTooMuchIsKept() throws Exception {
    for (int at = 0; at < 4; at++) {
      Files.writeString(source.resolve("f"), (char) ('a' + at) + "x".repeat(1000));
      sync();
    }
    assertThat(salvage().list(KeptQuery.all())).hasSize(3);
    Files.writeString(source.resolve("f"), "last");
    Retention small = new Retention(java.time.Duration.ofDays(1), OptionalLong.of(2500));
    assertThat(lab.beta.pullFrom(lab.alpha, PullOptions.USUAL.keeping(small)))
        .isInstanceOf(SyncResult.Done.class);
    List<Undone> left = salvage().list(KeptQuery.all());
    assertThat(left).hasSize(2);
    Path place = lab.home.resolve("place");
    salvage().restore(new Wanted.Kept(left.getFirst().id()), place, false);
    assertThat(Files.readString(place)).startsWith("d");
  }

  @Test
  void whatTheLastSyncTookAwayStaysBeyondTheSizeAndWhatGoesIsTold() throws Exception {
    PullOptions small =
        PullOptions.USUAL.keeping(
            new Retention(java.time.Duration.ofDays(1), OptionalLong.of(500)));
    var logged = new ListAppender<ILoggingEvent>();
    var logger = (Logger) LoggerFactory.getLogger(UndoArea.class);
    logger.addAppender(logged);
    logged.start();
    try {
      for (String content : List.of("a", "b", "c")) {
        Files.writeString(source.resolve("f"), content.repeat(1000));
        assertThat(lab.beta.pullFrom(lab.alpha, small)).isInstanceOf(SyncResult.Done.class);
      }
      Files.writeString(source.resolve("comes"), "takes nothing away");
      assertThat(lab.beta.pullFrom(lab.alpha, small)).isInstanceOf(SyncResult.Done.class);
    } finally {
      logger.detachAppender(logged);
    }
    List<Undone> left = salvage().list(KeptQuery.all());
    assertThat(left).hasSize(1);
    Path place = lab.home.resolve("place");
    salvage().restore(new Wanted.Kept(left.getFirst().id()), place, false);
    assertThat(Files.readString(place)).startsWith("b");
    assertThat(logged.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "dataset files: content kept by 1 syncs goes before its time: more than 500 bytes"
                + " (keep: size:) would be kept");
  }

  @Test
  void listsOnlyWhatTouchesAPath() throws Exception {
    Files.createDirectories(source.resolve("d/e"));
    Files.writeString(source.resolve("d/e/f"), "1");
    Files.writeString(source.resolve("d2"), "1");
    sync();
    Files.writeString(source.resolve("d/e/f"), "22");
    Files.writeString(source.resolve("d2"), "22");
    sync();
    try (Directory root = Directory.open(source)) {
      Reserved.removeAll(root, Reserved.ascii("d"));
    }
    sync();
    for (String asked : List.of("d", "d/e", "d/e/f")) {
      assertThat(salvage().list(new KeptQuery(Optional.of(path(asked)), false, Long.MAX_VALUE, 10)))
          .extracting(undone -> undone.path().toString())
          .as(asked)
          .containsExactly("d", "d/e/f");
    }
    assertThat(salvage().list(new KeptQuery(Optional.of(path("d2")), false, Long.MAX_VALUE, 10)))
        .hasSize(1);
  }
}
