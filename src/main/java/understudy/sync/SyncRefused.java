package understudy.sync;

import java.io.IOException;

/** A sync or a capture that must not go on: which rule says so, why, and what to do. */
public final class SyncRefused extends IOException {
  private static final long serialVersionUID = 1L;

  /** Stable words for programs. */
  public enum Code {
    /** The dataset's directory is missing, no directory, or another file system than before. */
    SOURCE_MISSING,
    /** The brake: too much would be deleted. */
    TOO_MUCH_DELETED,
    /** The target holds data of its own and nobody consented to replace it. */
    TARGET_NOT_EMPTY,
    /** No room for what is to come. */
    DISK_FULL,
    /** A run or a capture of the same dataset is under way, or the engine is settled. */
    BUSY,
    /** The other node does not have this dataset. */
    UNKNOWN_DATASET,
    /** The other node sent what no node of ours would send. */
    UNTRUSTED_PEER,
    /** The connection could not be opened or was cut. */
    CONNECTION,
    /** Stopped by request. */
    INTERRUPTED,
    /** Nothing restorable is there under that name or of that time. */
    NOTHING_KEPT,
    /** Something is where a restore would write, and nobody consented to move it aside. */
    WOULD_OVERWRITE,
    /** Somebody else wrote to the standby's tree. */
    FOREIGN_WRITES,
    /** A file system or index error on one side. */
    INPUT_OUTPUT
  }

  private final Code code;
  private final String fix;

  SyncRefused(Code code, String reason, String fix) {
    super(reason);
    this.code = code;
    this.fix = fix;
  }

  public Code code() {
    return code;
  }

  /** What to do about it. */
  public String fix() {
    return fix;
  }
}
