package understudy.linux;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What {@code statx} says about a file.
 *
 * @param mode permission, set-id and sticky bits, without the type
 * @param mtimeSeconds since the epoch, may be negative
 * @param device of the file system, as one number
 * @param special major and minor of a device node, as one number ({@code major << 32 | minor})
 */
public record FileStatus(
    Type type,
    int mode,
    int uid,
    int gid,
    long links,
    long inode,
    long sizeBytes,
    long mtimeSeconds,
    int mtimeNanos,
    long ctimeSeconds,
    int ctimeNanos,
    long device,
    long special) {

  /** The kinds of files. */
  public enum Type {
    FIFO(0x1),
    CHARACTER_DEVICE(0x2),
    DIRECTORY(0x4),
    BLOCK_DEVICE(0x6),
    FILE(0x8),
    SYMLINK(0xA),
    SOCKET(0xC);

    private final int bits;

    Type(int bits) {
      this.bits = bits;
    }

    /** As in {@code st_mode}. */
    int modeBits() {
      return bits << 12;
    }

    static Type of(int mode) {
      for (Type type : values()) {
        if (type.bits == ((mode >> 12) & 0xF)) {
          return type;
        }
      }
      throw new IllegalArgumentException("no file type has mode " + Integer.toOctalString(mode));
    }
  }

  /** Reads a {@code struct statx} (linux/stat.h). */
  static FileStatus of(MemorySegment statx) {
    int mode = Short.toUnsignedInt(statx.get(ValueLayout.JAVA_SHORT, 28));
    return new FileStatus(
        Type.of(mode),
        mode & 07777,
        statx.get(ValueLayout.JAVA_INT, 20),
        statx.get(ValueLayout.JAVA_INT, 24),
        Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, 16)),
        statx.get(ValueLayout.JAVA_LONG, 32),
        statx.get(ValueLayout.JAVA_LONG, 40),
        statx.get(ValueLayout.JAVA_LONG, 112),
        statx.get(ValueLayout.JAVA_INT, 120),
        statx.get(ValueLayout.JAVA_LONG, 96),
        statx.get(ValueLayout.JAVA_INT, 104),
        pair(statx, 136),
        pair(statx, 128));
  }

  static long pair(MemorySegment statx, long offset) {
    return Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, offset)) << 32
        | Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, offset + 4));
  }
}
