/** The AoE2-lite world model and its rules. Deterministic; no I/O. */
package arena.world;
