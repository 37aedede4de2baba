package understudy.linux;

import java.util.concurrent.ThreadFactory;
import understudy.linux.RealTime.Scheduling;

/**
 * Starts threads that run at once, however busy the machine is, and are ordinary from then on. The
 * collector of garbage waits for every thread that was started and has not run yet, and all others
 * wait for the collector, the one that decides too: on a starved machine more than a second was
 * seen. Needs the right to real-time priority; without it threads start as always.
 */
public final class PromptStart {
  private static final int PRIORITY = 1;

  private PromptStart() {}

  /** A started thread of that kind. */
  public static Thread start(Thread.Builder.OfPlatform kind, Runnable work) {
    Thread thread = factory(kind).newThread(work);
    during(thread::start);
    return thread;
  }

  /** Makes threads that are ordinary whoever starts them; start them {@link #during} something. */
  public static ThreadFactory factory(Thread.Builder.OfPlatform kind) {
    Scheduling ordinary = RealTime.ofThisThread().withoutUrgency();
    return work ->
        kind.unstarted(
            () -> {
              try {
                RealTime.become(ordinary);
              } finally {
                work.run();
              }
            });
  }

  /** Threads of that {@link #factory} which this starts run at once. */
  public static void during(Runnable starting) {
    if (Thread.currentThread().isVirtual()) { // what carries it is not ours
      starting.run();
      return;
    }
    Scheduling before = RealTime.ofThisThread();
    boolean isRaised = RealTime.become(new Scheduling(RealTime.SCHED_FIFO, PRIORITY)).isEmpty();
    try {
      starting.run();
    } finally {
      if (isRaised) {
        RealTime.become(before);
      }
    }
  }
}
