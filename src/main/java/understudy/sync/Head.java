package understudy.sync;

import java.util.Optional;
import understudy.sync.plan.Generation;

/**
 * What a node has of one dataset.
 *
 * @param generation its newest complete state; empty when it never had one
 * @param isWhole no commit is unfinished: the tree is that generation (or a service goes on from
 *     it)
 * @param wasSynced it once followed another node
 * @param problems paths that the last run could not bring up to date
 */
public record Head(
    String dataset,
    Optional<Generation> generation,
    boolean isWhole,
    boolean wasSynced,
    long problems) {}
