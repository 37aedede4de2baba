package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.linux.FileStatus;
import understudy.sync.plan.Entry;
import understudy.sync.plan.Hash;
import understudy.sync.plan.Name;
import understudy.sync.plan.TreePath;

/** However few of them fit into memory, the first name of each file is known to the end. */
class FirstNamesTest {
  private static final int FEW = 3;
  private static final long MANY = 40;

  @TempDir private Path home;
  private Index index;

  @BeforeEach
  void open() throws IOException {
    index = Index.open(home.resolve("index"));
  }

  @AfterEach
  void close() throws IOException {
    index.close();
  }

  private static TreePath path(String name) {
    return TreePath.ROOT
        .child(Name.of(Reserved.ascii("directory")))
        .child(Name.of(Reserved.ascii(name)));
  }

  private static FileStatus status(long inode) {
    return changed(inode, 1);
  }

  private static FileStatus changed(long inode, long atSeconds) {
    return new FileStatus(
        FileStatus.Type.FILE, 0644, 0, 0, 2, inode, 5, 1, 0, atSeconds, 0, 9, 0, false, false);
  }

  private static FirstNames.First withheld(String name) {
    return new FirstNames.First(
        path(name),
        CompletableFuture.completedFuture(
            new FileReading.Outcome.Withheld(Entry.Withheld.Reason.UNREADABLE)));
  }

  @Test
  void areKnownThoughMemoryHasNoRoomForThem() throws IOException {
    FirstNames names = new FirstNames(index, FEW);
    for (long inode = MANY; inode > 0; inode--) {
      assertThat(names.of(status(inode))).isEmpty();
      names.put(inode, new FirstNames.First(path("file" + inode), null));
    }
    for (long inode = 1; inode <= MANY; inode++) {
      assertThat(names.of(status(inode)).map(FirstNames.First::path))
          .contains(path("file" + inode));
    }
  }

  @Test
  void nothingIsLinkedToOneThatCannotBeRead() throws IOException {
    FirstNames names = new FirstNames(index, FEW);
    names.put(MANY + 1, withheld("secret"));
    for (long inode = 1; inode <= MANY; inode++) {
      names.put(inode, new FirstNames.First(path("file" + inode), null));
    }
    assertThat(names.of(status(MANY + 1))).isEmpty();
  }

  @Test
  void whatReadingGaveIsKeptForAFileThatStaysAsItWas() throws IOException {
    Hash content = Hash.over(new byte[] {1});
    FirstNames names = new FirstNames(index, FEW);
    for (long inode = 1; inode <= MANY; inode++) {
      var read = new FileReading.Outcome.Read(status(inode), content, true);
      names.put(
          inode,
          new FirstNames.First(path("file" + inode), CompletableFuture.completedFuture(read)));
    }
    assertThat(names.of(status(1)).orElseThrow().read())
        .contains(new FileReading.Outcome.Read(status(1), content, true));
    assertThat(names.of(changed(1, 2)).orElseThrow().read()).isEmpty();
    assertThat(names.of(changed(1, 2)).orElseThrow().path()).isEqualTo(path("file1"));
  }

  @Test
  void whatIsBeingReadIsKeptUntilItIsKnownWhetherItCanBe() throws IOException {
    FirstNames names = new FirstNames(index, FEW);
    Future<FileReading.Outcome> reading = new CompletableFuture<>();
    FirstNames.First first = new FirstNames.First(path("large"), reading);
    names.put(MANY + 1, first);
    for (long inode = 1; inode <= MANY; inode++) {
      names.put(inode, new FirstNames.First(path("file" + inode), null));
    }
    assertThat(names.of(status(MANY + 1))).isEqualTo(Optional.of(first));
  }

  @Test
  void theNextScanKnowsNothingOfThisOnesNames() throws IOException {
    for (int scan = 0; scan < 3; scan++) {
      FirstNames names = new FirstNames(index, FEW);
      for (long inode = 1; inode <= MANY; inode++) {
        assertThat(names.of(status(inode + scan * MANY))).isEmpty();
        names.put(inode + scan * MANY, new FirstNames.First(path("file" + inode), null));
      }
      if (scan > 0) {
        assertThat(names.of(status(1))).isEmpty();
      }
      if (scan == 0) {
        index.commit();
      } else {
        index.rollback(); // the scan failed: the next one may have to make the table anew
      }
    }
  }
}
