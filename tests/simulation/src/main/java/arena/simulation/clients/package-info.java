/** The clients of the product: run creators, viewers, pollers and an operator. */
package arena.simulation.clients;
