/**
 * Things that follow the role: started, stopped and checked, each idempotent and with a deadline.
 */
@NullMarked
package understudy.resource;

import org.jspecify.annotations.NullMarked;
