/** May this node hold the mandate? Pure judgement over evidence that the edges gathered. */
@NullMarked
package understudy.failover.arbiter;

import org.jspecify.annotations.NullMarked;
