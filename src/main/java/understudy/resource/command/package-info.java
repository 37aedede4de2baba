/** Services that are ordinary programs: supervised by a guardian, or start and stop scripts. */
@NullMarked
package understudy.resource.command;

import org.jspecify.annotations.NullMarked;
