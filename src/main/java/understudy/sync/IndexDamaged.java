package understudy.sync;

import java.io.IOException;

/** The index is not as it was written: it has to be built again from the tree. */
final class IndexDamaged extends IOException {
  private static final long serialVersionUID = 1L;

  IndexDamaged(String found, Throwable cause) {
    super("the sync index is damaged: " + found, cause);
  }
}
