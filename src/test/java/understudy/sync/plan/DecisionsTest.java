package understudy.sync.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pure rules of sync, one by one. */
class DecisionsTest {
  private static final Metadata PLAIN = new Metadata(0644, 0, 0, 0, 0, List.of());

  private static TreePath path(String text) {
    try {
      return TreePath.received(text.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedException wrong) {
      throw new IllegalArgumentException(wrong);
    }
  }

  private static Hash hash(int seed) {
    return Hash.over(new byte[] {(byte) seed});
  }

  private static Entry.File file(String name, int content) {
    return new Entry.File(Name.ascii(name), PLAIN, 1, hash(content), Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "cache/**, cache, false",
    "cache/**, cache/x, true",
    "cache/**, cache/x/y, true",
    "cache/**, other/cache/x, false",
    "*.tmp, a.tmp, true",
    "*.tmp, sub/a.tmp, false",
    "**/*.tmp, sub/deep/a.tmp, true",
    "**/*.tmp, a.tmp, true",
    "a?c, abc, true",
    "a?c, a/c, false",
    "**, anything/at/all, true",
    "logs, logs, true",
    "logs, logs2, false",
    "a*b*c, aXbYc, true",
    "a/**/b, a/b, true",
    "a/**/b, a/x/y/b, true",
    "a/**/b, ab, false"
  })
  void globsExcludeWhatTheySay(String glob, String path, boolean isExcluded) {
    Exclusions exclusions = new Exclusions(globs(glob), List.of());
    assertThat(exclusions.excludes(path(path))).isEqualTo(isExcluded);
  }

  @ParameterizedTest
  @CsvSource({
    "cache/**, cache/keep/**, cache/x, true",
    "cache/**, cache/keep/**, cache/keep, false",
    "cache/**, cache/keep/**, cache/keep/a/b, false",
    "cache/**, cache/keep/**, cache/keeper, true",
    "cache, cache/a/*.conf, cache, false",
    "cache, cache/a/*.conf, cache/x, true",
    "cache, cache/a/*.conf, cache/a/x.log, true",
    "cache/**, cache/keep, cache/keep/a/b, false",
    "cache/**, cache/a/*.conf, cache/a, false",
    "cache/**, cache/a/*.conf, cache/a/x.conf, false",
    "cache/**, cache/a/*.conf, cache/a/x.log, true",
    "cache/**, **/x.conf, cache/a, true",
    "*.log, keep.log, keep.log, false",
    "*.log, keep.log, other.log, true",
    "cache/*, cache/*/x, cache/a, true",
    "cache/*, cache/*/x, cache/*, true"
  })
  void exceptionsReachAsFarAsTheyNameTheWay(
      String exclude, String include, String path, boolean isExcluded) {
    Exclusions exclusions = new Exclusions(globs(exclude), globs(include));
    assertThat(exclusions.excludes(path(path))).isEqualTo(isExcluded);
  }

  private static List<byte[]> globs(String glob) {
    return List.of(glob.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void changesOfADirectoryAreFoundInOrder() throws MalformedException {
    Tree old =
        new Tree(
            List.of(
                file("amended", 1),
                file("gone", 2),
                file("kept", 3),
                file("replaced", 4),
                file("withheld", 5)));
    Entry.File amended =
        new Entry.File(
            Name.ascii("amended"),
            new Metadata(0600, 0, 0, 0, 0, List.of()),
            1,
            hash(1),
            Optional.empty());
    Entry.Withheld withheld =
        new Entry.Withheld(Name.ascii("withheld"), Entry.Withheld.Reason.UNREADABLE);
    Tree fresh =
        new Tree(
            List.of(file("added", 9), amended, file("kept", 3), file("replaced", 8), withheld));
    assertThat(Change.between(TreeCode.encode(old), TreeCode.encode(fresh)))
        .containsExactly(
            new Change.Add(Name.ascii("added"), file("added", 9)),
            new Change.Amend(Name.ascii("amended"), file("amended", 1), amended),
            new Change.Remove(Name.ascii("gone"), file("gone", 2)),
            new Change.Replace(Name.ascii("replaced"), file("replaced", 4), file("replaced", 8)));
  }

  @Test
  void brakeHoldsAtMoreThanHalfOfAHundredAndAtAnEmptySource() {
    Totals hundredNinetyNine = new Totals(199, 0, 0, 0);
    Totals some = new Totals(1, 0, 0, 0);
    assertThat(Brake.USUAL.refusal(hundredNinetyNine, some, 99)).isEmpty();
    assertThat(Brake.USUAL.refusal(hundredNinetyNine, some, 100)).isPresent();
    assertThat(Brake.USUAL.refusal(new Totals(200, 0, 0, 0), some, 100)).isEmpty();
    assertThat(Brake.USUAL.refusal(some, Totals.NONE, 1)).isPresent();
    assertThat(Brake.USUAL.refusal(Totals.NONE, Totals.NONE, 0)).isEmpty();
  }

  @Test
  void ancestryIsAnsweredByIds() {
    List<Hash> line = List.of(hash(4), hash(3), hash(2));
    assertThat(Relation.between(line, List.of(hash(4)))).isEqualTo(Relation.SAME);
    assertThat(Relation.between(line, List.of(hash(5), hash(4)))).isEqualTo(Relation.BEHIND);
    assertThat(Relation.between(line, List.of(hash(3), hash(2)))).isEqualTo(Relation.AHEAD);
    assertThat(Relation.between(line, List.of(hash(9), hash(3)))).isEqualTo(Relation.DIVERGED);
    assertThat(Relation.newestCommon(line, List.of(hash(9), hash(3)))).contains(hash(3));
    assertThat(Relation.between(line, List.of(hash(9)))).isEqualTo(Relation.UNKNOWN);
    assertThat(Relation.between(List.of(), line)).isEqualTo(Relation.UNKNOWN);
  }

  @Test
  void scheduledRunsKeepToTheGridAndAMissedOneIsMadeUpForOnce() {
    SyncSchedule every = new SyncSchedule.Every(Duration.ofHours(6), LocalTime.of(1, 30));
    Instant ran = Instant.parse("2026-03-29T01:30:00Z");
    assertThat(every.nextDue(Optional.of(ran), ran)).isEqualTo("2026-03-29T07:30:00Z");
    assertThat(every.nextDue(Optional.of(ran.plusSeconds(9)), ran.plusSeconds(20)))
        .isEqualTo("2026-03-29T07:30:00Z");
    Instant daysLater = ran.plus(Duration.ofDays(3));
    assertThat(every.nextDue(Optional.of(ran), daysLater)).isBefore(daysLater);
    assertThat(every.nextDue(Optional.empty(), ran)).isEqualTo(ran);
    assertThat(every.nextDue(Optional.of(daysLater), ran)).isEqualTo(ran);
    SyncSchedule continuous = new SyncSchedule.Continuous(Duration.ofSeconds(1));
    assertThat(continuous.nextDue(Optional.of(ran), ran)).isEqualTo(ran.plusSeconds(1));
    assertThatThrownBy(() -> new SyncSchedule.Continuous(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void pathsSortSoThatADirectoryStandsBeforeWhatItContains() {
    List<TreePath> sorted =
        new java.util.ArrayList<>(
            List.of(path("a-b"), path("a/b"), path("a"), TreePath.ROOT, path("a/b/c")));
    sorted.sort(null);
    assertThat(sorted)
        .containsExactly(TreePath.ROOT, path("a"), path("a/b"), path("a/b/c"), path("a-b"));
    assertThat(path("a/b/c").parent()).isEqualTo(path("a/b"));
    assertThat(path("a/b/c").name()).isEqualTo(Name.ascii("c"));
    assertThat(path("a/b/c").depth()).isEqualTo(3);
    assertThat(path("a/b").isWithin(path("a"))).isTrue();
    assertThat(path("ab").isWithin(path("a"))).isFalse();
  }

  @Test
  void namesAreShownReadablyWhateverTheirBytes() {
    byte[] name = "ü☃\n".getBytes(StandardCharsets.UTF_8);
    byte[] mixed = Arrays.copyOf(name, name.length + 1);
    mixed[name.length] = (byte) 0xff;
    assertThat(Name.of(mixed)).hasToString("ü☃\\x0a\\xff");
  }
}
