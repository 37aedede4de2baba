/**
 * Whole clusters in one thread: simulated time, network, faults and people around the real core.
 */
@NullMarked
package understudy.simulator;

import org.jspecify.annotations.NullMarked;
