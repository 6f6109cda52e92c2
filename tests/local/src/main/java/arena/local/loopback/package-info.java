/** Protects servers on the loopback address from web pages in a browser on the same machine. */
package arena.local.loopback;
