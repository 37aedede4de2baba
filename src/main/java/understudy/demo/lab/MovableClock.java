package understudy.demo.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The wall clock as some processes see it, moved while they run: libfaketime, because Linux has one
 * wall clock for all. Their monotonic clocks stay true, as they do when a real wall clock is set.
 */
public final class MovableClock {
  private static final Path LIBRARIES = Path.of("/usr/lib");
  private static final String LIBRARY = "faketime/libfaketimeMT.so.1";

  private final Path library;
  private final Path offset;

  private MovableClock(Path library, Path offset) {
    this.library = library;
    this.offset = offset;
  }

  /**
   * A clock that goes right.
   *
   * @param offset a file to be made, which says how far the clock is moved
   * @return empty where the Debian package libfaketime is not installed
   */
  public static Optional<MovableClock> make(Path offset) throws LabException {
    Optional<Path> library = library();
    if (library.isEmpty()) {
      return Optional.empty();
    }
    MovableClock clock = new MovableClock(library.get(), offset);
    clock.move(Duration.ZERO);
    return Optional.of(clock);
  }

  private static Optional<Path> library() throws LabException {
    try (Stream<Path> architectures = Files.list(LIBRARIES)) {
      return architectures
          .map(architecture -> architecture.resolve(LIBRARY))
          .filter(Files::exists)
          .findFirst();
    } catch (IOException unreadable) {
      throw new LabException("cannot look for " + LIBRARY, unreadable);
    }
  }

  /** The command that runs this one by this clock. The process id stays that of the command. */
  public List<String> by(List<String> command) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "env",
                "LD_PRELOAD=" + library,
                "FAKETIME_TIMESTAMP_FILE=" + offset,
                "FAKETIME_CACHE_DURATION=1",
                "FAKETIME_DONT_FAKE_MONOTONIC=1",
                // Else waits on a monotonic clock end too early.
                "FAKETIME_FORCE_MONOTONIC_FIX=0",
                "FAKETIME_DISABLE_SHM=1"));
    all.addAll(command);
    return List.copyOf(all);
  }

  /** Moves it so far from the right time; its processes see that within a second. */
  public void move(Duration by) throws LabException {
    Path fresh = offset.resolveSibling(offset.getFileName() + ".new");
    try {
      Files.writeString(fresh, "%+d%n".formatted(by.toSeconds()));
      Files.move(fresh, offset, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException failed) {
      throw new LabException("could not write " + offset, failed);
    }
  }
}
