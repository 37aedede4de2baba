/** The program: {@link understudy.Main} chooses what to run by the first word. */
@NullMarked
package understudy;

import org.jspecify.annotations.NullMarked;
