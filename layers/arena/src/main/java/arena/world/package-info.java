/** The AoE2-lite world: one agent, one town, its rules. Plain and deterministic. */
package arena.world;
