package understudy.api;

/**
 * An action that the console offers, in words.
 *
 * @param button what the button says
 * @param meaning what it does
 * @param isDangerous shown in the colour of warning
 */
public record ConsoleVerb(Action.Kind kind, String button, String meaning, boolean isDangerous) {

  static ConsoleVerb of(Action.Kind kind) {
    return switch (kind) {
      case SWITCHOVER ->
          new ConsoleVerb(
              kind,
              "Switch over",
              "Clients are held, the last changes are copied, then the roles swap. If anything"
                  + " fails before the other node took over, this cluster goes back to how it was.",
              true);
      case PROMOTE ->
          new ConsoleVerb(
              kind, "Promote this node", "This node becomes active. The other must not be.", true);
      case DEMOTE ->
          new ConsoleVerb(
              kind, "Demote this node", "This node stops serving and becomes standby.", true);
      case FAILBACK ->
          new ConsoleVerb(
              kind,
              "Fail back",
              "The data is copied back first, then the designated primary serves again.",
              true);
      case PAUSE ->
          new ConsoleVerb(
              kind,
              "Pause protection",
              "No automatic failover until resumed. The service goes on, and so does copying.",
              false);
      case RESUME ->
          new ConsoleVerb(kind, "Resume protection", "Automatic failover is armed again.", false);
      case CANCEL ->
          new ConsoleVerb(
              kind, "Cancel", "Stops what is counting down or running, where that is safe.", false);
      case CLIENTS ->
          new ConsoleVerb(
              kind, "Hold or admit clients", "New connections wait, or are let in again.", false);
      case RESOLVE ->
          new ConsoleVerb(
              kind,
              "Resolve the conflict",
              "One node keeps the role, by evidence; what the other changed is kept aside.",
              true);
      case DRILLS ->
          new ConsoleVerb(
              kind,
              "Run a drill",
              "Checks everything, then moves the role to the other node and back, and measures how"
                  + " long nobody served.",
              true);
      case PIN ->
          new ConsoleVerb(
              kind,
              "Pin the service",
              "While this node's daemon is restarted its service goes on, and no node takes over.",
              false);
      case SYNC -> new ConsoleVerb(kind, "Sync now", "Copies what changed to the standby.", false);
    };
  }
}
