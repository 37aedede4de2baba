package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which moment a person means. */
class AskedTimeTest {
  private static final Instant NOW = Instant.parse("2026-11-21T02:30:00Z");

  @ParameterizedTest
  @CsvSource({
    "02:10, 2026-11-21T02:10:00Z",
    "02:30, 2026-11-21T02:30:00Z",
    "02:29:59, 2026-11-21T02:29:59Z",
    "23:50, 2026-11-20T23:50:00Z",
    "2026-11-20T10:05:00Z, 2026-11-20T10:05:00Z",
    "2026-11-20T10:05:00+01:00, 2026-11-20T09:05:00Z",
  })
  void aTimeOfDayIsTheLastOne(String text, Instant meant) {
    assertThat(AskedTime.of(text, NOW)).isEqualTo(meant);
  }

  @ParameterizedTest
  @ValueSource(strings = {"yesterday", "25:00", "2026-11-20T10:05", "", "2026-11-20"})
  void whatIsNoTimeIsRefusedWithExamples(String text) {
    assertThatThrownBy(() -> AskedTime.of(text, NOW))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no event")
        .hasMessageContaining("10:05");
  }

  @Test
  void whatIsStillToComeOrWasBeforeAnyHistoryIsRefused() {
    for (Instant never :
        new Instant[] {Instant.MIN, Instant.EPOCH.minusNanos(1), NOW.plusNanos(1), Instant.MAX}) {
      assertThatThrownBy(() -> AskedTime.of(never.toString(), NOW))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("is in no history: it is 2026-11-21T02:30:00Z on this node");
    }
  }
}
