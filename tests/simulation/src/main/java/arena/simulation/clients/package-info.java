/** Who uses the product: those who start runs, those who watch, those who operate it. */
package arena.simulation.clients;
