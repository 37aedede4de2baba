package understudy.node;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.time.Clock;
import understudy.time.Moment;
import understudy.wire.DurableFile;

/**
 * That the service of this node outlives its daemon until a moment: written by one life of the
 * daemon, read by the next one. Void after a boot, which no process outlives. Safe from any thread.
 */
final class Pins {
  private static final Logger LOG = LoggerFactory.getLogger(Pins.class);
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");
  private static final int LARGEST_BYTES = 1024;

  private final Path file;
  private final Clock clock;
  private Optional<Pin> pin = Optional.empty();
  private boolean isFiled;

  /**
   * One pin.
   *
   * @param until by the clock of this boot
   * @param untilWall the same for people
   * @param keepsPause automation was paused before, and stays so afterwards
   * @param isInherited an earlier life of the daemon set it
   */
  record Pin(Moment until, Instant untilWall, boolean keepsPause, boolean isInherited) {}

  private Pins(Path file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  /** What the last life left; nothing when it cannot be read, which the log says. */
  static Pins load(Path state, Clock clock) {
    var pins = new Pins(state.resolve("pinned"), clock);
    try {
      pins.isFiled = Files.exists(pins.file);
      if (pins.isFiled && Files.size(pins.file) <= LARGEST_BYTES) {
        pins.pin = parse(Files.readAllLines(pins.file));
      }
    } catch (IOException | RuntimeException unreadable) {
      LOG.error("{} cannot be read, so nothing is pinned: {}", pins.file, unreadable.toString());
    }
    return pins;
  }

  private static Optional<Pin> parse(List<String> lines) throws IOException {
    return lines.size() == 4 && lines.getFirst().equals(boot())
        ? Optional.of(
            new Pin(
                new Moment(Long.parseLong(lines.get(1))),
                Instant.parse(lines.get(2)),
                Boolean.parseBoolean(lines.get(3)),
                true))
        : Optional.empty();
  }

  private static String boot() throws IOException {
    return Files.readString(BOOT).strip();
  }

  /** The pin that holds now. */
  synchronized Optional<Pin> current() {
    return pin.filter(it -> clock.now().isBefore(it.until()));
  }

  /** There is one that does not hold any more, and nobody was told. */
  synchronized boolean isStale() {
    return isFiled && current().isEmpty();
  }

  /** Pins from now on; on disk when this returns. */
  synchronized Pin set(Moment until, Instant untilWall, boolean keepsPause) throws IOException {
    var next = new Pin(until, untilWall, keepsPause, false);
    String text =
        String.join(
            "\n",
            boot(),
            Long.toString(next.until().nanos()),
            next.untilWall().toString(),
            Boolean.toString(keepsPause),
            "");
    DurableFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    pin = Optional.of(next);
    isFiled = true;
    return next;
  }

  /** Nothing is pinned any more. */
  synchronized void drop() {
    pin = Optional.empty();
    isFiled = false;
    try {
      Files.deleteIfExists(file);
    } catch (IOException stays) {
      LOG.error("{} cannot be deleted: {}", file, stays.toString());
    }
  }
}
