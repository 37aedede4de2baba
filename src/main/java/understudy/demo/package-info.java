/** The main job on one machine: real nodes, a real service, real faults, measured. */
@NullMarked
package understudy.demo;

import org.jspecify.annotations.NullMarked;
