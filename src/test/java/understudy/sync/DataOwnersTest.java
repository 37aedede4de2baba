package understudy.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import understudy.config.DatasetConfig;
import understudy.linux.Account;

/** Who owns the entries of a dataset. */
class DataOwnersTest {
  @TempDir Path root;

  private DatasetConfig dataset() {
    return new DatasetConfig(
        "files",
        root,
        new DatasetConfig.Schedule.Continuous(Duration.ofSeconds(1)),
        new DatasetConfig.Selection(List.of("cache"), List.of()));
  }

  private static void own(Path path, int uid, int gid) throws Exception {
    Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
    Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
  }

  @Test
  void ownersOfTheRootAndOfWhatLiesInItAreFoundAndLinksAreNotFollowed() throws Exception {
    Path outside = Files.createTempDirectory("outside");
    try {
      own(outside, 66, 66);
      own(root, 10, 11);
      Path deep = Files.createDirectories(root.resolve("a/b"));
      own(deep, 890, 891);
      own(Files.createSymbolicLink(root.resolve("link"), outside), 20, -2);
      own(Files.createDirectories(root.resolve("cache")), 77, 77);
      own(Files.createFile(root.resolve("cache/excluded")), 78, 78);
      own(Files.createDirectories(root.resolve(".understudy")), 79, 79);

      assertThat(DataOwners.of(dataset()))
          .containsExactly(
              Account.user(0),
              Account.user(10),
              Account.user(20),
              Account.user(890),
              Account.group(0),
              Account.group(11),
              Account.group(891),
              Account.group(4_294_967_294L));
    } finally {
      Files.delete(outside);
    }
  }

  @Test
  void aLookEndsAfterTheFirstThousandEntriesAndGoesLevelByLevel() throws Exception {
    Path below = Files.createDirectories(root.resolve("below"));
    for (int at = 0; at < DataOwners.MOST_ENTRIES - 1; at++) {
      Files.createFile(root.resolve("entry" + at));
    }
    own(Files.createFile(below.resolve("one too many")), 890, 890);

    assertThat(DataOwners.of(dataset())).containsExactly(Account.user(0), Account.group(0));

    Files.delete(root.resolve("entry0"));

    assertThat(DataOwners.of(dataset())).contains(Account.user(890), Account.group(890));
  }

  @Test
  void ofOneFullDirectoryNoMoreThanTheFirstThousandEntriesAreLookedAt() throws Exception {
    for (int at = 0; at < DataOwners.MOST_ENTRIES + 100; at++) {
      own(Files.createFile(root.resolve("entry" + at)), 100_000 + at, 0);
    }

    var users = DataOwners.of(dataset()).stream().filter(one -> one.number() >= 100_000);

    assertThat(users).hasSize(DataOwners.MOST_ENTRIES);
  }
}
