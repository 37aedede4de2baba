@NullMarked
package understudy.demo.lab;

import org.jspecify.annotations.NullMarked;
