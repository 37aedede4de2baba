package understudy.sync;

/**
 * When a run looks at the source, and how closely. Asked by the run's own thread; must not block.
 */
public interface Eagerness {
  /** At once, and by its watcher's word. */
  Eagerness AT_ONCE =
      new Eagerness() {
        @Override
        public boolean mayWait() {
          return false;
        }

        @Override
        public boolean isThorough() {
          return false;
        }
      };

  /** At once, and at everything: also at what a watcher is not told of. */
  Eagerness THOROUGH =
      new Eagerness() {
        @Override
        public boolean mayWait() {
          return false;
        }

        @Override
        public boolean isThorough() {
          return true;
        }
      };

  /** While this is true and the source says that nothing has changed, the run waits. */
  boolean mayWait();

  /** The source looks at everything, whatever its watcher says. */
  boolean isThorough();
}
