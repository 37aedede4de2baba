package understudy.sync.plan;

import java.util.List;

/**
 * What a file carries besides its content.
 *
 * @param mode permission, set-id and sticky bits
 * @param mtimeSeconds since the epoch, may be negative
 * @param mtimeNanos 0 to 999,999,999
 * @param attributes extended attributes, sorted by name
 */
public record Metadata(
    int mode, int uid, int gid, long mtimeSeconds, int mtimeNanos, List<Attribute> attributes) {
  public Metadata {
    if ((mode & ~07777) != 0 || mtimeNanos < 0 || mtimeNanos > 999_999_999) {
      throw new IllegalArgumentException("mode or time out of range");
    }
    attributes = List.copyOf(attributes);
  }

  public boolean isModifiedAt(long seconds, int nanos) {
    return mtimeSeconds == seconds && mtimeNanos == nanos;
  }
}
