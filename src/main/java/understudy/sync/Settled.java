package understudy.sync;

import java.util.List;

/**
 * What {@link SyncEngine#settle} reached.
 *
 * @param isWhole every tree is exactly one generation and nothing touches it any more
 * @param unfinished names of the datasets for which that is not so
 */
public record Settled(boolean isWhole, List<String> unfinished, List<Head> heads) {}
