package understudy;

import java.io.IOException;
import understudy.demo.FreePorts;

/** A port for a test that must name one before it listens. */
public final class FreePort {
  private FreePort() {}

  public static int next() throws IOException {
    return FreePorts.choose(1).getFirst();
  }
}
