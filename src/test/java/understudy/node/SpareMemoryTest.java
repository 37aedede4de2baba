package understudy.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When a daemon collects what it holds no longer. */
class SpareMemoryTest {
  private static final long MIB = 1L << 20;

  private long used = 12 * MIB;
  private long live = 12 * MIB;
  private int collections;
  private final SpareMemory memory =
      new SpareMemory(
          () -> used,
          () -> {
            collections++;
            used = live;
          });

  private void rounds(int count) {
    for (int round = 0; round < count; round++) {
      memory.giveBack();
    }
  }

  @Test
  void whatASyncLeftIsCollectedOnceNoMoreGathers() {
    rounds(10);
    int before = collections;
    used = 16 * MIB;
    rounds(1);
    assertThat(collections).as("it may still be at work").isEqualTo(before);
    rounds(1);
    assertThat(collections).isEqualTo(before + 1);
  }

  @Test
  void aDaemonWithNothingToGiveBackIsLeftAlone() {
    rounds(10);
    int before = collections;
    rounds(1000);
    assertThat(collections).isEqualTo(before);
  }

  @Test
  void whatIsHeldForAWhileAfterASyncIsCollectedLater() {
    rounds(10);
    used = 60 * MIB;
    live = 20 * MIB;
    rounds(2);
    assertThat(used).isEqualTo(20 * MIB);
    live = 12 * MIB;
    rounds(6);
    assertThat(used).isEqualTo(12 * MIB);
    rounds(6);
    int settled = collections;
    rounds(100);
    assertThat(collections).isEqualTo(settled);
  }

  @Test
  void aNodeThatIsNeverCalmCollectsOnlyWhenMuchHasGathered() {
    rounds(10);
    int before = collections;
    for (int round = 0; round < 5; round++) {
      used += 2 * MIB;
      memory.giveBack();
    }
    assertThat(collections).isEqualTo(before + 1);
  }

  @Test
  void whatIsHeldForAWhileIsCollectedOnANodeThatIsNeverCalm() {
    rounds(10);
    used = 60 * MIB;
    live = 20 * MIB;
    rounds(1);
    assertThat(used).isEqualTo(20 * MIB);
    live = 12 * MIB;
    for (int round = 0; round < 3; round++) {
      used += MIB / 2;
      memory.giveBack();
    }
    assertThat(used).isEqualTo(12 * MIB);
  }
}
