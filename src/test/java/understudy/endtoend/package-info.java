/** The program as its users meet it: real processes, files and networks. */
@NullMarked
package understudy.endtoend;

import org.jspecify.annotations.NullMarked;
