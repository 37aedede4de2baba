/** The key in a store that the arbiter lease rests on: etcd or ZooKeeper. */
@NullMarked
package understudy.lease;

import org.jspecify.annotations.NullMarked;
