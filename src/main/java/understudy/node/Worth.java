package understudy.node;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import understudy.failover.Standing;
import understudy.sync.Head;
import understudy.time.Moment;

/** What a node's data is worth, by the heads of its datasets. */
final class Worth {
  private static final int NAME_BYTES = 8;

  private Worth() {}

  /**
   * Of all datasets together: as old as the oldest.
   *
   * @param wanted names of all that this node is to have
   * @param freshAt when the source looked as a head says, by dataset; missing: unknown
   * @param isMerged of a dataset: what each side has besides is no lag
   */
  static Standing of(
      Set<String> wanted,
      List<Head> heads,
      Map<String, Moment> freshAt,
      Predicate<String> isMerged,
      Moment now) {
    for (String dataset : wanted) {
      if (heads.stream().noneMatch(head -> head.dataset().equals(dataset))) {
        return new Standing.Incomplete("dataset " + dataset + " is not open, see the log");
      }
    }
    Moment oldest = now;
    boolean dated = true;
    for (Head head : heads) {
      if (head.generation().isEmpty()) {
        return new Standing.Incomplete("dataset " + head.dataset() + " has no generation yet");
      }
      if (!head.isWhole()) {
        return new Standing.Incomplete("dataset " + head.dataset() + " is between two generations");
      }
      Moment fresh = freshAt.get(head.dataset());
      dated &= fresh != null;
      if (fresh != null && fresh.isBefore(oldest)) {
        oldest = fresh;
      }
    }
    String name = name(heads, isMerged);
    return dated ? new Standing.Complete(name, oldest) : new Standing.Undated(name);
  }

  /** One name for all heads: equal on two nodes exactly when all generations are. */
  private static String name(List<Head> heads, Predicate<String> isMerged) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Head head : heads) {
        if (isMerged.test(head.dataset())) {
          continue;
        }
        String id = head.generation().map(generation -> generation.id().toString()).orElse("");
        digest.update((head.dataset() + "=" + id + "\n").getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest(), 0, NAME_BYTES);
    } catch (NoSuchAlgorithmException everyJavaHasIt) {
      throw new AssertionError(everyJavaHasIt);
    }
  }
}
