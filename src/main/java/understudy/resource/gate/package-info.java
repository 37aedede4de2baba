/** The traffic gate: what keeps packets from a service whose node has no mandate. */
@NullMarked
package understudy.resource.gate;

import org.jspecify.annotations.NullMarked;
