package understudy.sync;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

  /**
   * What a person should know before saying yes or no.
   *
   * @param removed entries of the standby that would go
   * @param entries how many it has
   * @param paths some of what would go, or of what was found
   */
  public record Asked(long removed, long entries, List<String> paths) {
    /** How many paths are shown. */
    public static final int MOST_PATHS = 100;

    public Asked {
      paths = List.copyOf(paths);
    }
  }

  private final Code code;
  private final String fix;
  private final transient @Nullable Asked asked;

  SyncRefused(Code code, String reason, String fix) {
    this(code, reason, fix, null);
  }

  SyncRefused(Code code, String reason, String fix, @Nullable Asked asked) {
    super(reason);
    this.code = code;
    this.fix = fix;
    this.asked = asked;
  }

  /** Present when a person may say yes. */
  public Optional<Asked> asked() {
    return Optional.ofNullable(asked);
  }

  public Code code() {
    return code;
  }

  /** What to do about it. */
  public String fix() {
    return fix;
  }
}
