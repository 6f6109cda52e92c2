/** The HTTP interface: strict request parsing, routing, responses and errors. */
package arena.http;
