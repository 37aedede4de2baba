/** How two machines come to trust each other. */
@NullMarked
package understudy.pairing;

import org.jspecify.annotations.NullMarked;
