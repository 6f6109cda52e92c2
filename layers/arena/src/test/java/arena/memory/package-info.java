/** The stores in memory, for tests of what is written against their interfaces. */
package arena.memory;
