package understudy.failover;

import static java.time.Duration.ofMillis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Breaks an assembly at random, as its seed has it. */
final class Havoc {
  private Havoc() {}

  static void wreak(Assembly world, Duration duration) {
    Duration left = duration;
    while (left.isPositive()) {
      strike(world);
      Duration pause = ofMillis(world.random.nextInt(50, 6_000));
      world.run(pause);
      left = left.minus(pause);
    }
  }

  private static void strike(Assembly world) {
    List<Assembly.Member> all = new ArrayList<>(world.members.values());
    Assembly.Member one = all.get(world.random.nextInt(all.size()));
    switch (world.random.nextInt(12)) {
      case 0 -> one.kill();
      case 1 -> one.cutPower();
      case 2, 3, 4 -> all.stream().filter(member -> !member.isUp()).forEach(Assembly.Member::boot);
      case 5 -> world.cut(one.name());
      case 6 -> oneWay(world);
      case 7 -> world.heal();
      case 8 -> world.losing(world.random.nextDouble() * 0.6);
      case 9 -> one.ask(new Request.Switchover(false, false, Optional.empty()));
      case 10 -> one.ask(new Request.Promote(world.random.nextBoolean()));
      default -> world.store(world.random.nextBoolean());
    }
  }

  private static void oneWay(Assembly world) {
    Set<String> deaf = new HashSet<>();
    for (NodeName from : world.members.keySet()) {
      for (NodeName to : world.members.keySet()) {
        if (world.random.nextInt(3) == 0) {
          deaf.add(from + ">" + to);
        }
      }
    }
    world.only((from, to) -> !deaf.contains(from + ">" + to));
  }

  static void heal(Assembly world) {
    world.heal();
    world.losing(0);
    world.store(true);
    world.members.values().stream().filter(m -> !m.isUp()).forEach(Assembly.Member::boot);
  }
}
