package understudy.demo;

import java.util.List;
import java.util.Optional;

/**
 * How large the data of {@code bench sync} is.
 *
 * @param treeFiles files of the mixed tree, with {@code treeBytes} together
 * @param smallFiles new files of 4 KiB
 * @param bigBytes the one big file; 1 % of it changes, {@code appendedBytes} come to its end
 * @param movedFiles files of 1 MiB in the directory that is renamed
 * @param tinyFiles of the tree in which nothing changes
 */
record SyncScale(
    String word,
    int treeFiles,
    long treeBytes,
    int smallFiles,
    long bigBytes,
    long appendedBytes,
    int movedFiles,
    int tinyFiles) {
  private static final long MIB = 1 << 20;
  private static final SyncScale SMALL =
      new SyncScale("small", 6_000, 200 * MIB, 5_000, 256 * MIB, MIB, 64, 50_000);
  private static final SyncScale MEDIUM =
      new SyncScale("medium", 30_000, 1024 * MIB, 25_000, 1024 * MIB, 4 * MIB, 256, 200_000);
  private static final SyncScale FULL =
      new SyncScale("full", 120_000, 4096 * MIB, 100_000, 4096 * MIB, 10 * MIB, 1024, 1_000_000);

  static final List<String> WORDS = List.of(SMALL.word, MEDIUM.word, FULL.word);

  static Optional<SyncScale> of(String word) {
    return List.of(SMALL, MEDIUM, FULL).stream()
        .filter(scale -> scale.word.equals(word))
        .findFirst();
  }
}
