/** The daemon: wires the edges, runs the loop, runs the effects. */
@NullMarked
package understudy.node;

import org.jspecify.annotations.NullMarked;
