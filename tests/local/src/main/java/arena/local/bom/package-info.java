/** Checks the licences in the build's bill of materials: {@code ./arena bom}. */
package arena.local.bom;
