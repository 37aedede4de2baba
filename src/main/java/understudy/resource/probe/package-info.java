/** Questions to services, hosts and addresses, each answered in bounded time. */
@NullMarked
package understudy.resource.probe;

import org.jspecify.annotations.NullMarked;
