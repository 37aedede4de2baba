/** All resources of a node as one. */
@NullMarked
package understudy.resource.assembly;

import org.jspecify.annotations.NullMarked;
