/** The AoE2-lite world model and its rules. Deterministic; no I/O. */
@NullMarked
package arena.world;

import org.jspecify.annotations.NullMarked;
