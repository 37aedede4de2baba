package understudy.sync;

import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import understudy.linux.Directory;
import understudy.linux.FanotifyEvents;
import understudy.linux.InotifyEvents;
import understudy.linux.SystemCallException;
import understudy.linux.TreeEvents;
import understudy.sync.plan.MalformedException;
import understudy.sync.plan.Name;
import understudy.sync.plan.TreePath;
import understudy.time.Clock;
import understudy.time.Moment;

/**
 * Remembers what was touched in a dataset since the last scan, so that the next one need not look
 * at anything else. Only a hint: whenever something was lost, and from time to time in any case, a
 * scan looks at everything, because the kernel does not tell of writes through a memory mapping.
 * Safe for use by several threads.
 */
final class Watching implements AutoCloseable {
  /**
   * A scan of everything follows the last one after this time, or after this many times its own.
   */
  static final Duration FULL_SCAN_EVERY = Duration.ofMinutes(1);

  static final int REST_AFTER_FULL_SCAN = 50;

  private static final int WAIT_MILLIS = 60_000;

  /** Who writes all the time must not wake a thread each time. */
  private static final long NANOS_BETWEEN_LOOKS = 10_000_000;

  private static final Logger LOG = LoggerFactory.getLogger(Watching.class);

  private final String dataset;
  private final Path path;
  private final Clock clock;
  private final Touched changed = new Touched();
  private Optional<String> lost = Optional.of("nothing was watched yet");
  private WatchState state = new WatchState.Idle();
  private @Nullable TreeEvents events;
  private @Nullable Thread listener;
  private Moment fullScanDue;

  Watching(String dataset, Path path, Clock clock) {
    this.dataset = dataset;
    this.path = path;
    this.clock = clock;
    this.fullScanDue = clock.now();
  }

  /** How this is done at present. */
  synchronized WatchState state() {
    return state;
  }

  /**
   * Takes what was done since the last time and forgets it; from now on more is remembered. Empty:
   * everything must be looked at. What is done after this call began is told next time.
   */
  synchronized Optional<Scope> take() {
    if (events == null) {
      start();
    } else {
      pump();
    }
    boolean isDue = lost.isPresent() || !clock.now().isBefore(fullScanDue);
    Optional<Scope> scope =
        isDue || events == null ? Optional.empty() : Optional.of(changed.scope());
    lost.ifPresent(reason -> LOG.debug("dataset {} is scanned as a whole: {}", dataset, reason));
    changed.clear();
    lost = Optional.empty();
    return scope;
  }

  /** The scan after {@link #take} has looked at everything in that time. */
  synchronized void scannedAll(Duration took) {
    Duration rest = took.multipliedBy(REST_AFTER_FULL_SCAN);
    Duration pause = rest.compareTo(FULL_SCAN_EVERY) > 0 ? rest : FULL_SCAN_EVERY;
    fullScanDue = clock.now().plus(pause);
  }

  /** What was taken was not used, or the tree is no longer what the scan left. */
  synchronized void doubt(String reason) {
    lost = Optional.of(reason);
  }

  /**
   * Waits until something was done or the time is over. True when there is something to look at, or
   * when that is not known.
   */
  synchronized boolean hasNews(Duration longest) throws InterruptedIOException {
    Moment deadline = clock.now().plus(longest);
    try {
      pump();
      while (events != null
          && changed.isEmpty()
          && lost.isEmpty()
          && clock.now().isBefore(fullScanDue)) {
        long left = clock.now().until(deadline).toMillis();
        if (left <= 0) {
          return false;
        }
        wait(left);
      }
      return true;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the wait for changes was interrupted");
    }
  }

  /** What a scan left out is looked at again next time. */
  synchronized void again(Collection<TreePath> directories) {
    directories.forEach(changed::add);
  }

  private void start() {
    doubt("it is watched from now on");
    try {
      events = open();
    } catch (SystemCallException refused) {
      state = unwatched(refused);
      LOG.warn("dataset {} is not watched: {}", dataset, state);
      return;
    }
    TreeEvents opened = events;
    listener = Thread.ofPlatform().daemon().name("watches " + dataset).start(() -> listen(opened));
  }

  private TreeEvents open() throws SystemCallException {
    try {
      TreeEvents opened = FanotifyEvents.of(Directory.open(path));
      state = new WatchState.FileSystem();
      return opened;
    } catch (SystemCallException refused) {
      LOG.debug("dataset {} cannot be watched by fanotify: {}", dataset, refused.getMessage());
      TreeEvents opened = InotifyEvents.of(Directory.open(path), Reserved.AREA.bytes());
      state = new WatchState.Directories(String.valueOf(refused.getMessage()));
      return opened;
    }
  }

  private static WatchState unwatched(SystemCallException refused) {
    return refused.error() == SystemCallException.NO_SPACE
        ? new WatchState.None(
            "inotify allows fewer watches than there are directories",
            "sysctl -w fs.inotify.max_user_watches=1048576, and the same line in /etc/sysctl.d")
        : refused.error() == SystemCallException.TOO_MANY_OPEN
            ? new WatchState.None(
                "all inotify instances of this user are taken",
                "sysctl -w fs.inotify.max_user_instances=1024, and the same line in /etc/sysctl.d")
            : new WatchState.None(
                String.valueOf(refused.getMessage()),
                "nothing; every run scans the whole dataset instead");
  }

  private void listen(TreeEvents mine) {
    boolean goesOn = true;
    while (goesOn) {
      try {
        mine.await(WAIT_MILLIS);
      } catch (SystemCallException broken) {
        doubt(String.valueOf(broken.getMessage()));
        goesOn = false;
      }
      synchronized (this) {
        goesOn &= events == mine;
        if (goesOn) {
          pump();
          notifyAll();
        }
      }
      LockSupport.parkNanos(NANOS_BETWEEN_LOOKS);
    }
    mine.close();
  }

  private final TreeEvents.Sink sink =
      new TreeEvents.Sink() {
        @Override
        public void changed(byte[] directory, byte[] name) {
          note(directory, name);
        }

        @Override
        public void lost(String reason) {
          doubt(reason);
        }
      };

  private void note(byte[] directory, byte[] name) {
    try {
      TreePath place = TreePath.received(directory);
      if (place.isWithin(TreePath.ROOT.child(Reserved.AREA))) {
        return;
      }
      if (name.length == 0) {
        changed.add(place);
      } else {
        changed.add(place, Name.received(name));
      }
      if (changed.isTooMuch()) {
        changed.clear();
        doubt("more than " + Touched.MOST_DIRECTORIES + " directories have changed");
      }
    } catch (MalformedException odd) {
      doubt("'" + new String(directory, StandardCharsets.UTF_8) + "': " + odd.getMessage());
    }
  }

  private void pump() {
    if (events == null) {
      return;
    }
    try {
      events.read(sink);
    } catch (SystemCallException broken) {
      state = unwatched(broken);
      doubt(String.valueOf(broken.getMessage()));
      stop();
      return;
    }
    if (lost.isPresent() && events instanceof InotifyEvents) {
      stop(); // its places are no longer known: the next scan begins anew
    }
  }

  private void stop() {
    TreeEvents mine = events;
    events = null;
    if (mine != null) {
      mine.wake(); // its own thread closes it
    }
    notifyAll();
  }

  /** Stops watching until the next {@link #take}: somebody else's tree is followed. */
  synchronized void rest() {
    if (events != null) {
      stop();
      changed.clear();
      state = new WatchState.Idle();
    }
  }

  @Override
  public void close() {
    Thread mine;
    synchronized (this) {
      mine = listener;
      rest();
    }
    try {
      if (mine != null) {
        mine.join();
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
