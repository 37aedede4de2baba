package understudy.sync;

import java.io.IOException;
import java.util.function.Supplier;

/** A machine that refuses effects of one name until it is mended. */
final class Refusing implements Effects {
  private final String refused;
  private final Supplier<IOException> reason;
  private volatile boolean isMended;

  Refusing(String refused, Supplier<IOException> reason) {
    this.refused = refused;
    this.reason = reason;
  }

  void mend() {
    isMended = true;
  }

  @Override
  public void before(String effect) {
    if (!isMended && effect.equals(refused)) {
      Refusing.<RuntimeException>fail(reason.get());
    }
  }

  /** As the call that follows would: effects declare no exceptions. */
  @SuppressWarnings("unchecked") // what is thrown is checked all the same
  private static <E extends Exception> void fail(IOException reason) throws E {
    throw (E) reason;
  }
}
