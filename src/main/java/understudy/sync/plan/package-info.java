/** What must change on the target, and what must be refused. Pure. */
@NullMarked
package understudy.sync.plan;

import org.jspecify.annotations.NullMarked;
