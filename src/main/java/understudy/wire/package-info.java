/** Messages between machines, their encoding, and the keys and sockets that carry them. */
@NullMarked
package understudy.wire;

import org.jspecify.annotations.NullMarked;
