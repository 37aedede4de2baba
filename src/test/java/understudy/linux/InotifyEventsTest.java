package understudy.linux;

import java.nio.charset.StandardCharsets;

/** A watch on every directory. */
final class InotifyEventsTest extends TreeEventsContract {
  @Override
  TreeEvents watch(Directory root) throws SystemCallException {
    return InotifyEvents.of(root, ".understudy".getBytes(StandardCharsets.UTF_8));
  }
}
