package understudy.simulator;

import java.util.EnumMap;
import java.util.Map;

/** The troubles of one machine: those of a story, and in a troubled world those of chance. */
final class Luck {
  private final World world;
  private final Map<Trouble, Integer> planned = new EnumMap<>(Trouble.class);

  Luck(World world) {
    this.world = world;
  }

  /** The next {@code times} times, it goes wrong. */
  void plan(Trouble trouble, int times) {
    planned.put(trouble, times);
  }

  void clear() {
    planned.clear();
  }

  boolean strikes(Trouble trouble) {
    int left = planned.getOrDefault(trouble, 0);
    if (left > 0) {
      planned.put(trouble, left - 1);
      return true;
    }
    return world.setup.troubled()
        && !world.storm.isOver()
        && world.chance.happens(trouble.probability());
  }
}
