package understudy.demo;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/** What breaks in {@code bench faults}, and what must come of it. */
enum Fault {
  ONE_LINK_CUT("one-link-cut", Serves.SAME, 3_000, 800),
  HEARTBEATS_CUT("heartbeats-cut", Serves.SAME, 4_000, 800),
  ACTIVE_IS_DEAF("one-way-to-active", Serves.SAME, 4_000, 800),
  STANDBY_IS_DEAF("one-way-to-standby", Serves.EITHER, 4_000, 2_000),
  ACTIVE_IS_CUT_OFF("active-cut-off", Serves.OTHER, 4_000, 2_000),
  STANDBY_IS_CUT_OFF("standby-cut-off", Serves.SAME, 4_000, 800),
  /** If the role moves, it moves once, as when the active node is cut off: hence as long. */
  NODES_PARTED("nodes-parted", Serves.EITHER, 4_000, 2_000),
  LINKS_FLAP("links-flap", Serves.EITHER, 4_000, 2_500),
  LOSS("loss-20", Serves.SAME, 6_000, 2_500),
  DELAY("delay-200", Serves.SAME, 6_000, 800),
  PAUSE("pause-300", Serves.SAME, 1_000, 1_000),
  HANG("hang", Serves.OTHER, 4_000, 3_500),
  DAEMON_HANGS("daemon-hangs", Serves.OTHER, 4_000, 3_500),
  STANDBY_HANGS("standby-hangs", Serves.SAME, 4_000, 800),
  DAEMON_KILLED("daemon-killed", Serves.OTHER, 4_000, 3_500),
  /** As by a service manager. */
  DAEMON_RESTARTED("daemon-restarted", Serves.EITHER, 4_000, 3_500),
  STANDBY_KILLED("standby-killed", Serves.SAME, 1_000, 800),
  HOST_DEAD("host-dead", Serves.OTHER, 4_000, 2_000),
  SERVICE_KILLED("service-killed", Serves.SAME, 4_000, 4_000),
  STANDBY_DISK_FULL("standby-disk-full", Serves.SAME, 4_000, 800),
  /** The service itself cannot write then: how long is not ours to promise. */
  ACTIVE_DISK_FULL("active-disk-full", Serves.EITHER, 4_000, 60_000),
  CLOCKS_MOVED("clocks-moved", Serves.SAME, 5_000, 800),
  CPU_STARVED("cpu-starved", Serves.SAME, 6_000, 2_500),
  /** Where its daemon may not ask the kernel to be the last in line, it may be the one to die. */
  MEMORY_PRESSURE("memory-pressure", Serves.EITHER, 6_000, 3_500),
  SWITCHOVER("switchover", Serves.OTHER, 1_000, 1_000);

  /** Who serves when it is over. */
  enum Serves {
    SAME,
    OTHER,
    EITHER
  }

  private final String word;
  private final Serves serves;
  private final Duration lasts;
  private final Duration outageAtMost;

  Fault(String word, Serves serves, long lastsMillis, long outageAtMostMillis) {
    this.word = word;
    this.serves = serves;
    this.lasts = Duration.ofMillis(lastsMillis);
    this.outageAtMost = Duration.ofMillis(outageAtMostMillis);
  }

  static Optional<Fault> of(String word) {
    return Arrays.stream(values()).filter(fault -> fault.word.equals(word)).findFirst();
  }

  String word() {
    return word;
  }

  Serves serves() {
    return serves;
  }

  /** How long it is left alone before it is repaired. */
  Duration lasts() {
    return lasts;
  }

  /** The longest that clients may be without service, at the profile fast. */
  Duration outageAtMost() {
    return outageAtMost;
  }

  /** An orderly move, and what does not move the role, may lose nothing. */
  boolean mayLose() {
    return serves != Serves.SAME && this != SWITCHOVER;
  }
}
