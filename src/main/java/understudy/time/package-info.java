/**
 * The only source of time: monotonic {@link understudy.time.Moment}s for decisions, wall time for
 * people.
 */
@NullMarked
package understudy.time;

import org.jspecify.annotations.NullMarked;
