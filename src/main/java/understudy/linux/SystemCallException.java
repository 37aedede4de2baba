package understudy.linux;

import java.io.IOException;
import java.util.Map;

/** The kernel refused a call: what was tried on what, and the error number. */
public final class SystemCallException extends IOException {
  private static final long serialVersionUID = 1L;

  public static final int NOT_PERMITTED = 1;
  public static final int NO_ENTRY = 2;
  public static final int INPUT_OUTPUT = 5;
  public static final int TOO_LARGE = 7;
  public static final int TRY_AGAIN = 11;
  public static final int ACCESS_DENIED = 13;
  public static final int EXISTS = 17;
  public static final int CROSS_DEVICE = 18;
  public static final int NOT_A_DIRECTORY = 20;
  public static final int IS_A_DIRECTORY = 21;
  public static final int INVALID = 22;
  public static final int TOO_MANY_OPEN = 24;
  public static final int NO_SPACE = 28;
  public static final int OUT_OF_RANGE = 34;
  public static final int NAME_TOO_LONG = 36;
  public static final int NOT_EMPTY = 39;
  public static final int TOO_MANY_LINKS = 40;
  public static final int NO_DATA = 61;
  public static final int NOT_SUPPORTED = 95;
  public static final int STALE = 116;
  public static final int QUOTA_EXCEEDED = 122;

  private static final Map<Integer, String> WORDS =
      Map.ofEntries(
          Map.entry(NOT_PERMITTED, "operation not permitted"),
          Map.entry(NO_ENTRY, "no such file or directory"),
          Map.entry(INPUT_OUTPUT, "input/output error"),
          Map.entry(ACCESS_DENIED, "permission denied"),
          Map.entry(EXISTS, "already exists"),
          Map.entry(CROSS_DEVICE, "on another file system"),
          Map.entry(NOT_A_DIRECTORY, "not a directory"),
          Map.entry(IS_A_DIRECTORY, "is a directory"),
          Map.entry(INVALID, "invalid argument"),
          Map.entry(NO_SPACE, "no space left on device"),
          Map.entry(NAME_TOO_LONG, "name too long"),
          Map.entry(NOT_EMPTY, "directory not empty"),
          Map.entry(TOO_MANY_LINKS, "a symbolic link is in the way"),
          Map.entry(NO_DATA, "no data"),
          Map.entry(NOT_SUPPORTED, "not supported"),
          Map.entry(QUOTA_EXCEEDED, "disk quota exceeded"));

  private final int error;

  SystemCallException(String tried, int error) {
    super("cannot " + tried + ": " + WORDS.getOrDefault(error, SocketCalls.describe(error)));
    this.error = error;
  }

  /** The kernel's {@code errno}. */
  public int error() {
    return error;
  }

  /** The file system or the owner's quota is full. */
  public boolean isFull() {
    return error == NO_SPACE || error == QUOTA_EXCEEDED;
  }

  /** The caller lacks the right: not root, or without the capability. */
  public boolean isNotPermitted() {
    return error == NOT_PERMITTED || error == ACCESS_DENIED;
  }

  /** What was named does not exist. */
  public boolean isMissing() {
    return error == NO_ENTRY;
  }
}
