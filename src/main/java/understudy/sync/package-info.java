/** Trees, generations, pull, stage, verify, commit: what the standby has and how it got there. */
@NullMarked
package understudy.sync;

import org.jspecify.annotations.NullMarked;
