package understudy.sync.plan;

import java.util.Arrays;
import java.util.Optional;

/** One entry of a directory, as every node sees it. */
public sealed interface Entry {
  Name name();

  /** What this entry, with all below it, adds to the totals of its tree. */
  Totals totals();

  /** Empty only for what could not be read. */
  Optional<Metadata> metadata();

  /**
   * A regular file.
   *
   * @param linkedTo the first other name of the same file in the dataset's order; empty when this
   *     is the first or the only one
   */
  record File(
      Name name, Metadata carried, long sizeBytes, Hash content, Optional<TreePath> linkedTo)
      implements Entry {
    public File {
      if (sizeBytes < 0) {
        throw new IllegalArgumentException("a size is never negative");
      }
    }

    @Override
    public Totals totals() {
      return new Totals(1, 1, sizeBytes, 0);
    }

    @Override
    public Optional<Metadata> metadata() {
      return Optional.of(carried);
    }
  }

  /**
   * A directory.
   *
   * @param tree the hash of its own {@link Tree}
   * @param inside the totals of that tree
   */
  record Subtree(Name name, Metadata carried, Hash tree, Totals inside) implements Entry {
    @Override
    public Totals totals() {
      return inside.plus(new Totals(1, 0, 0, 0));
    }

    @Override
    public Optional<Metadata> metadata() {
      return Optional.of(carried);
    }
  }

  /** A symbolic link; {@code target} as it is written, not to be changed. */
  record Symlink(Name name, Metadata carried, Bytes target) implements Entry {
    @Override
    public Totals totals() {
      return new Totals(1, 0, 0, 0);
    }

    @Override
    public Optional<Metadata> metadata() {
      return Optional.of(carried);
    }
  }

  /** A FIFO, a socket or a device node; {@code device} is major and minor, 0 where it has none. */
  record Special(Name name, Metadata carried, Kind kind, long device) implements Entry {
    /** Which one. */
    public enum Kind {
      FIFO(0),
      SOCKET(1),
      CHARACTER_DEVICE(2),
      BLOCK_DEVICE(3);

      private final int code;

      Kind(int code) {
        this.code = code;
      }

      int code() {
        return code;
      }

      static Optional<Kind> of(int code) {
        return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
      }
    }

    @Override
    public Totals totals() {
      return new Totals(1, 0, 0, 0);
    }

    @Override
    public Optional<Metadata> metadata() {
      return Optional.of(carried);
    }
  }

  /**
   * An entry whose content this generation does not know: a follower keeps what it has under that
   * name.
   */
  record Withheld(Name name, Reason reason) implements Entry {
    /** Why. */
    public enum Reason {
      UNREADABLE(0, "could not be read"),
      CHANGING(1, "changed while it was read"),
      OTHER_FILE_SYSTEM(2, "is on another file system"),
      TOO_LARGE(3, "is larger or deeper than sync takes");

      private final int code;
      private final String words;

      Reason(int code, String words) {
        this.code = code;
        this.words = words;
      }

      int code() {
        return code;
      }

      static Optional<Reason> of(int code) {
        return Arrays.stream(values()).filter(reason -> reason.code == code).findFirst();
      }

      /** Continues a sentence that starts with the path. */
      public String words() {
        return words;
      }
    }

    @Override
    public Totals totals() {
      return new Totals(1, 0, 0, 1);
    }

    @Override
    public Optional<Metadata> metadata() {
      return Optional.empty();
    }
  }
}
