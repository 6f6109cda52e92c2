/** The product in one go, in a terminal. */
package arena.local.demo;
