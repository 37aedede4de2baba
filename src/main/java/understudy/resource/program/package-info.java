/** Short programs run with a deadline and a bounded memory of their output. */
@NullMarked
package understudy.resource.program;

import org.jspecify.annotations.NullMarked;
