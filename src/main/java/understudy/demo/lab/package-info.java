/**
 * What makes failover visible on one machine: a service that numbers its writes, a client that
 * measures from outside, hosts made of network namespaces, and faults. Knows no daemon, so other
 * engines are measured with the same instruments.
 */
@NullMarked
package understudy.demo.lab;

import org.jspecify.annotations.NullMarked;
