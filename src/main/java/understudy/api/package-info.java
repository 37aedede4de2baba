/** HTTP and JSON: shows what the node knows and hands in operator requests; decides nothing. */
@NullMarked
package understudy.api;

import org.jspecify.annotations.NullMarked;
