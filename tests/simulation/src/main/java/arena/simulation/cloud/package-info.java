/** Simulated services between the product's parts: Lambda, Step Functions, API Gateway, models. */
package arena.simulation.cloud;
