package understudy.simulator;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A story being played: its world, and the log that comes of it. */
final class Story {
  private final String name;
  private final Scenario scenario;
  private final List<String> log = new ArrayList<>();
  private final World world;
  private final Script script;

  private Story(String name, Scenario scenario) {
    this.name = name;
    this.scenario = scenario;
    this.world =
        new World(
            new Chance(scenario.seed()), scenario.setup(), Build.shipped(), Trace.to(log::add));
    this.script = new Script(world);
  }

  /** The story of this script, or of the one in this directory, ready to be played. */
  static Story in(Path place) throws ScenarioException {
    Path script = Files.isDirectory(place) ? place.resolve("script") : place;
    Path whole = script.toAbsolutePath().normalize();
    int names = whole.getNameCount();
    String name = whole.subpath(Math.max(0, names - 2), names).toString();
    return new Story(name, Scenario.read(script));
  }

  /** All that happened until now, line by line. */
  List<String> log() {
    return log;
  }

  /**
   * Plays it to the end.
   *
   * @throws ScenarioException when a line of the script cannot be understood, something else
   *     happens than it expects, or a promise is broken
   */
  void play() throws ScenarioException {
    world.machines.forEach(Machine::start);
    for (Scenario.Line line : scenario.lines()) {
      run(line);
    }
  }

  private void run(Scenario.Line line) throws ScenarioException {
    String place = name + ":" + line.number() + ": '" + line.deed() + "': ";
    try {
      world.runFor(line.at().minus(Duration.ofNanos(world.nowNanos())));
      script.run(line.deed());
    } catch (Violation broken) {
      throw new ScenarioException(place + "before this, " + broken.getMessage(), broken);
    } catch (IllegalArgumentException wrong) {
      throw new ScenarioException(place + wrong.getMessage(), wrong);
    }
  }
}
