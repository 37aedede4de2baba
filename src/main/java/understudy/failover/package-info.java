/** Who serves, and what to do about it: one pure function from state and input to a step. */
@NullMarked
package understudy.failover;

import org.jspecify.annotations.NullMarked;
