/**
 * The HTTP interface: how requests are read, strictly, and how answers and errors are written. What
 * they ask for is done elsewhere.
 */
package arena.http;
