package understudy.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import understudy.failover.Designation;

/** Calm that is jumped over is like calm that is lived through, moment by moment. */
class CalmTest {
  private static final int WORLDS = 48;
  private static final Duration CALM = Duration.ofMinutes(3);
  private static final Duration AFTERMATH = Duration.ofMinutes(1);
  private static final Pattern TOLD =
      Pattern.compile("\\s*[\\d.]+ s\\s+(\\S+)\\s+(.*, term \\d+: [A-Z_]+) .*");

  /**
   * What a world told after its storm, without times and without the evidence that carries them.
   *
   * @param inCalm everything
   * @param changes of roles in the aftermath: why a node waits, how many terms two candidates need,
   *     and which of two equal standbys is the first, depends on the very moment of the fault
   *     between two heartbeats, what becomes of it in the end does not
   */
  private record Told(List<String> inCalm, List<String> states, List<String> changes) {}

  @TestFactory
  Stream<DynamicTest> jumpingTellsWhatWaitingTells() {
    return LongStream.rangeClosed(1, WORLDS)
        .mapToObj(
            seed ->
                DynamicTest.dynamicTest(
                    "seed " + seed,
                    () -> assertThat(told(seed, true)).isEqualTo(told(seed, false))));
  }

  @Test
  void aJumpIsReallyAJump() {
    var lines = new ArrayList<String>();
    told(1, true, lines);
    assertThat(lines).anyMatch(line -> line.contains("nothing happens for"));
    assertThat(told(1, true).changes()).isNotEmpty();
  }

  private static Told told(long seed, boolean jumps) {
    return told(seed, jumps, new ArrayList<>());
  }

  /** A storm, calm, and then the node that serves loses its power for good. */
  private static Told told(long seed, boolean jumps, List<String> lines) {
    var weather =
        new Weather(
            seed,
            EnumSet.allOf(Fault.class),
            Duration.ofHours(1),
            Build.shipped(),
            Trace.to(lines::add));
    World world = weather.world();
    weather.begin();
    weather.storm();
    int stormy = lines.size();
    long end = world.nowNanos() + CALM.toNanos();
    if (jumps) {
      weather.calm(CALM);
    } else {
      world.runFor(CALM);
    }
    assertThat(world.nowNanos()).isEqualTo(end);
    assertThat(world.skippedNanos() > 0).isEqualTo(jumps);
    List<String> states = states(world);
    int calm = lines.size();
    world.nodes().stream().filter(Machine::isServing).toList().forEach(Machine::cutPower);
    world.runFor(AFTERMATH);
    List<String> aftermath = rules(lines.subList(calm, lines.size()));
    return new Told(
        rules(lines.subList(stormy, calm)),
        states,
        aftermath.stream()
            .filter(line -> line.contains("→"))
            .map(line -> line.replaceFirst("term \\d+", "a later term"))
            .map(line -> haveEquals(world) ? line.replaceFirst("\\S+", "one of them") : line)
            .toList());
  }

  /** Two could take over by themselves. */
  private static boolean haveEquals(World world) {
    return Collections.frequency(world.setup.nodes().values(), Designation.SECONDARY) > 1;
  }

  private static List<String> rules(List<String> lines) {
    return lines.stream()
        .map(TOLD::matcher)
        .filter(Matcher::matches)
        .map(line -> line.group(1) + " " + line.group(2))
        .sorted()
        .toList();
  }

  private static List<String> states(World world) {
    return world.machines.stream()
        .flatMap(machine -> machine.daemon().stream())
        .map(daemon -> daemon.name() + " " + daemon.state().role() + " " + daemon.state().durable())
        .toList();
  }
}
