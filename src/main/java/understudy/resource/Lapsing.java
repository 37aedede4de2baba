package understudy.resource;

import understudy.time.Moment;

/**
 * Something that ends by itself when the mandate is not renewed: the kernel or another process
 * enforces it, whatever happens to this one.
 */
public interface Lapsing {

  /**
   * The mandate is valid until {@code until} on the clock that the resource was made with; also to
   * be called before the first start, which needs a valid mandate.
   *
   * <p>An instant instead of a remaining time, so that a call that was delayed on its way extends
   * nothing: each implementation takes the difference just before it asks the kernel. Called every
   * heartbeat interval from one renewing thread, takes at most some milliseconds, never throws: a
   * failure is logged once per episode and the resource lapses.
   */
  void extend(Moment until);
}
