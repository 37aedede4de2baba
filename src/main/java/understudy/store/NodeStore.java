package understudy.store;

import java.io.IOException;
import understudy.failover.Durable;

/** Where a node keeps what it must remember across its own death. */
public interface NodeStore {

  /** What was saved last. May block on the disk. */
  Remembered load() throws IOException;

  /**
   * Returns when {@code durable} will survive a power cut. Saving the same again is harmless. After
   * a failure the former value is still there and nothing may act on the new one.
   */
  void save(Durable durable) throws IOException;

  /** What a node finds of its last life. */
  sealed interface Remembered {
    /** This node was never here before. */
    record Nothing() implements Remembered {}

    /** As it was saved. */
    record Everything(Durable durable) implements Remembered {}

    /** Something was saved and cannot be trusted: the node must learn the term from the others. */
    record Damaged(String why) implements Remembered {}
  }
}
