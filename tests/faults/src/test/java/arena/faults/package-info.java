/**
 * Fault injection into the real local stack: processes killed and paused, connections refused,
 * closed and left hanging. The guarantees are asserted through the public interfaces.
 */
package arena.faults;
