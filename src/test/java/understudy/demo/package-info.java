@NullMarked
package understudy.demo;

import org.jspecify.annotations.NullMarked;
