/** One small class per command, talking to the daemon over its API. */
@NullMarked
package understudy.cli;

import org.jspecify.annotations.NullMarked;
