package understudy.resource.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.failover.Term;
import understudy.resource.Mandate;
import understudy.time.Moment;

/**
 * What is done on this machine when nobody renews the mandate any more, though the daemon may be
 * dead or stand still: a {@link Guardian} that guards nothing but a sleeping process runs a shell
 * script in the end. The next daemon finds it and goes on with it. Safe from any thread.
 */
public final class LastWill {
  private static final Logger LOG = LoggerFactory.getLogger(LastWill.class);
  private static final String SCRIPT = "last-will";
  private static final Duration LOOK_EVERY = Duration.ofMillis(10);
  private static final List<String> PLACEHOLDER =
      List.of("/usr/bin/setpriv", "--pdeathsig", "KILL", "--", "/bin/sleep", "infinity");

  private final Surroundings surroundings;
  private final Path directory;
  private final String text;
  private final Mandate mandate;
  private final Guardian guardian;
  private volatile boolean isMade;
  private volatile boolean isFailing;

  /**
   * A will that is not made yet.
   *
   * @param name of what it is about
   * @param text of the shell script
   * @param mandate the script runs when this ends without {@link #extend} and {@link #revoke}
   */
  public LastWill(String name, Surroundings surroundings, String text, Mandate mandate) {
    this.surroundings = surroundings;
    this.directory = surroundings.directory(name);
    this.text = text;
    this.mandate = mandate;
    this.guardian = new Guardian(directory, surroundings.mark(name));
  }

  /** From now on it is carried out when the mandate ends. Throws when that cannot be had. */
  public void make(Term term, Duration within) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + within.toNanos();
    if (isWaiting() && isUnchanged() && guardian.extend(mandate)) {
      isMade = true;
      return;
    }
    // One that is being carried out, or is another: its end comes first.
    end(deadline);
    Files.createDirectories(directory);
    Path fresh = directory.resolve(SCRIPT + ".new");
    Files.writeString(fresh, text);
    Files.move(fresh, script(), java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    guardian.start(
        PLACEHOLDER,
        surroundings.environment(Map.of(), "active", Optional.of(term)),
        Optional.empty(),
        mandate);
    while (!isWaiting()) {
      if (System.nanoTime() > deadline || guardian.ended().isPresent()) {
        throw new IOException("its guardian did not begin in time, see " + directory);
      }
      pause();
    }
    isMade = true;
  }

  private boolean isUnchanged() throws IOException {
    return Files.exists(script()) && Files.readString(script()).equals(text);
  }

  private Path script() {
    return directory.resolve(SCRIPT);
  }

  private boolean isWaiting() throws IOException {
    Optional<Guardian.Running> running = guardian.running();
    return running.isPresent() && LiveProcess.lives(running.get().service());
  }

  /** Is to be called after every change of the mandate. Takes some milliseconds, never throws. */
  public void extend(Moment until) {
    mandate.extend(until);
    if (!isMade) {
      return;
    }
    try {
      if (!guardian.extend(mandate)) {
        throw new IOException("its guardian is gone");
      }
      isFailing = false;
    } catch (IOException failed) {
      if (!isFailing) {
        LOG.error("{}: nobody ends it if this daemon dies: {}", directory, failed.getMessage());
      }
      isFailing = true;
    }
  }

  /** A will was made, and would be carried out. */
  public boolean stands() {
    return isMade && !isFailing;
  }

  /** What it was about has ended in order. */
  public void revoke(Duration within) throws IOException, InterruptedException {
    isMade = false;
    end(System.nanoTime() + within.toNanos());
  }

  private void end(long deadline) throws IOException, InterruptedException {
    guardian.stop(Duration.ZERO);
    while (isGuarded()) {
      if (System.nanoTime() > deadline) {
        throw new IOException("its guardian does not end, see " + directory);
      }
      pause();
    }
    guardian.release();
  }

  private boolean isGuarded() throws IOException {
    guardian.release();
    return guardian.running().isPresent();
  }

  private static void pause() throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(LOOK_EVERY.toNanos());
  }

  public void release() {
    guardian.release();
  }
}
