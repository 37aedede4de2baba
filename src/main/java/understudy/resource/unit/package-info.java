/** Services that are systemd units. */
@NullMarked
package understudy.resource.unit;

import org.jspecify.annotations.NullMarked;
