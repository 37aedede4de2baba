package understudy.node;

import java.util.Optional;
import understudy.sync.WatchState;

/** How a node learns of changes, in words for people. */
final class WatchWords {
  private WatchWords() {}

  /** Empty: nobody follows this node, so nothing is watched. */
  static Optional<String> of(WatchState state) {
    return switch (state) {
      case WatchState.Idle _ -> Optional.empty();
      case WatchState.FileSystem _ -> Optional.of("watched by fanotify");
      case WatchState.Directories(String reason) ->
          Optional.of("watched by inotify, a watch per directory: " + reason);
      case WatchState.None(String reason, _) ->
          Optional.of("not watched, every run scans the whole dataset: " + reason);
    };
  }
}
