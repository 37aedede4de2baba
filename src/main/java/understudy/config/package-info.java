/** Text to checked records, or the full list of mistakes. */
@NullMarked
package understudy.config;

import org.jspecify.annotations.NullMarked;
