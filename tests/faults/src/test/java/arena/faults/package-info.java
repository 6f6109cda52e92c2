/**
 * Real parts of the local stack are broken: processes killed and stopped, connections refused, cut
 * and left hanging. What must hold then is asserted through the public interfaces.
 */
package arena.faults;
