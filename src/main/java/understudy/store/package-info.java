/** This node's memory on disk: durable state and the journal of steps. */
@NullMarked
package understudy.store;

import org.jspecify.annotations.NullMarked;
