import java.util.Locale;

/** What happens to host a. */
enum Scenario {
  /** Its cable goes out and every process on it is killed. */
  HOST_DEAD,
  /** The operator moves the service. */
  SWITCHOVER,
  /** The engine's processes are killed; the service lives on. */
  DAEMON_KILLED,
  /** The engine's processes are stopped, and go on when the other host has long noticed. */
  DAEMON_HANGS;

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
