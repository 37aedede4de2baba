package understudy.sync;

import java.time.Instant;
import java.util.Optional;
import understudy.sync.plan.Hash;
import understudy.sync.plan.TreePath;

/**
 * Something that a sync overwrote or deleted and that can still be had back.
 *
 * @param id names it for a restore
 * @param kind {@code file}, {@code directory}, {@code symlink}, …
 * @param entries a directory's entries, itself included; 1 for anything else
 * @param bytes size of the files in it
 * @param at when the sync took it away
 * @param generation the state it belonged to; empty when it belonged to none
 * @param onlyHere only this node had it: a change of its own since it and its source went different
 *     ways
 */
public record Undone(
    long id,
    String dataset,
    TreePath path,
    String kind,
    long entries,
    long bytes,
    Instant at,
    Optional<Hash> generation,
    boolean onlyHere) {
  Undone asOnlyHere() {
    return new Undone(id, dataset, path, kind, entries, bytes, at, generation, true);
  }
}
