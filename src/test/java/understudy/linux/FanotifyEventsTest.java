package understudy.linux;

/** One mark on the whole file system. */
final class FanotifyEventsTest extends TreeEventsContract {
  @Override
  TreeEvents watch(Directory root) throws SystemCallException {
    return FanotifyEvents.of(root);
  }
}
