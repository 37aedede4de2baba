package understudy.sync;

/**
 * What a restore did.
 *
 * @param target where it is now
 * @param replaced where what was there before is now; empty: nothing was there
 * @param shortfalls entries that could not be given everything they carry
 */
public record Restored(
    String target, String replaced, long entries, long files, long bytes, long shortfalls) {}
