/** Shared addresses: added with a lifetime, announced, probed for duplicates. */
@NullMarked
package understudy.resource.address;

import org.jspecify.annotations.NullMarked;
