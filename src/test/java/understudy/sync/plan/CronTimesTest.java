package understudy.sync.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When a cron schedule is due, across changes between winter and summer time and clock jumps. */
class CronTimesTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  /** The next {@code count} runs that begin when they are due. */
  private static List<Instant> runs(String cron, String from, int count) {
    var schedule = new SyncSchedule.Cron(CronTimes.parse(cron, BERLIN));
    var runs = new ArrayList<Instant>();
    Instant last = Instant.parse(from);
    for (int run = 0; run < count; run++) {
      last = schedule.nextDue(Optional.of(last), last);
      runs.add(last);
    }
    return runs;
  }

  private static List<Instant> instants(String... texts) {
    return List.of(texts).stream().map(Instant::parse).toList();
  }

  @Test
  void aTimeThatDoesNotExistComesOnceWhenTheGapEnds() {
    // 2027-03-28 in Berlin goes from 02:00 to 03:00
    assertThat(runs("30 2 * * *", "2027-03-27T00:00:00Z", 3))
        .isEqualTo(
            instants("2027-03-27T01:30:00Z", "2027-03-28T01:00:00Z", "2027-03-29T00:30:00Z"));
  }

  @Test
  void aTimeThatComesTwiceCountsOnce() {
    // 2026-10-25 in Berlin has 02:30 twice, at 00:30 and at 01:30 UTC
    assertThat(runs("30 2 * * *", "2026-10-24T12:00:00Z", 2))
        .isEqualTo(instants("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"));
  }

  @Test
  void aDailyTimeStaysTheSameOnTheWallAcrossTheChange() {
    assertThat(runs("0 12 * * *", "2027-03-27T00:00:00Z", 2))
        .isEqualTo(instants("2027-03-27T11:00:00Z", "2027-03-28T10:00:00Z"));
  }

  @Test
  void whenTheClockGoesBackARunIsDueAtOnceAndNotHoursLater() {
    var schedule = new SyncSchedule.Cron(CronTimes.parse("0 * * * *", BERLIN));
    Instant last = Instant.parse("2026-11-21T12:00:00Z");
    Instant back = Instant.parse("2026-11-21T05:10:00Z");

    assertThat(schedule.nextDue(Optional.of(last), back)).isEqualTo(back);
  }

  @Test
  void whatAForwardJumpPassedIsMadeUpForByOneRun() {
    var schedule = new SyncSchedule.Cron(CronTimes.parse("0 * * * *", BERLIN));
    Instant last = Instant.parse("2026-11-21T12:00:00Z");
    Instant later = Instant.parse("2026-11-21T20:30:00Z");

    assertThat(schedule.nextDue(Optional.of(last), later)).isBefore(later);
    assertThat(schedule.nextDue(Optional.of(later), later))
        .isEqualTo(Instant.parse("2026-11-21T21:00:00Z"));
  }
}
