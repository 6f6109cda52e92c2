/** How events, worlds and actions are written as JSON and read back, the same to the byte. */
package arena.codec;
