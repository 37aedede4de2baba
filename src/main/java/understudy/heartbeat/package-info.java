/** Says "I am here" on every link and reports who was heard. */
@NullMarked
package understudy.heartbeat;

import org.jspecify.annotations.NullMarked;
