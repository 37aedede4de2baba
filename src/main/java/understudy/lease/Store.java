package understudy.lease;

import java.io.IOException;
import understudy.failover.Register;

/**
 * One key that is changed by compare-and-set. Both methods block for a limited time; a write whose
 * answer is lost may have been taken. One thread at a time.
 */
public interface Store extends AutoCloseable {

  /** What is in the key; {@link Register#ABSENT} when there is none. */
  Register read() throws IOException;

  /** Writes {@code wanted} if the key still has its version. */
  Written write(Register wanted) throws IOException;

  /** Where it is, for messages. */
  String place();

  @Override
  void close();

  /** What came of a write. */
  sealed interface Written {
    /** It was taken; {@code register} has the new version. */
    record Taken(Register register) implements Written {}

    /** Something else is in the key. */
    record Overtaken(Register found) implements Written {}
  }
}
