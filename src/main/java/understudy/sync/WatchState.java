package understudy.sync;

/** How a node learns of changes in a dataset that others follow. */
public sealed interface WatchState {
  /** Nobody follows it here, so nothing is watched. */
  record Idle() implements WatchState {}

  /** By fanotify: one mark for the whole file system. */
  record FileSystem() implements WatchState {}

  /** By inotify, a watch per directory; {@code reason} says why not by fanotify. */
  record Directories(String reason) implements WatchState {}

  /** Not at all: every run scans the whole dataset. */
  record None(String reason, String fix) implements WatchState {}
}
