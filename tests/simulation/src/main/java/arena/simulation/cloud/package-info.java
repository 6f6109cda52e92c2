/** The services between the product's parts: functions, state machine, gateway, models. */
package arena.simulation.cloud;
