/**
 * System calls, each a thin function over the kernel's own contract. Knows nothing of Understudy.
 */
@NullMarked
package understudy.linux;

import org.jspecify.annotations.NullMarked;
