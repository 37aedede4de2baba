package understudy.linux;

import java.io.IOException;

/** The kernel refused a system call: which one and why. */
public final class SystemCallException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  SystemCallException(String call, int errno) {
    super(call + ": " + SocketCalls.describe(errno));
    this.errno = errno;
  }

  /** The caller lacks the right: not root, or without the capability. */
  public boolean isNotPermitted() {
    return errno == SocketCalls.EPERM || errno == SocketCalls.EACCES;
  }

  /** What was named does not exist. */
  public boolean isMissing() {
    return errno == SocketCalls.ENOENT;
  }

  int errno() {
    return errno;
  }
}
