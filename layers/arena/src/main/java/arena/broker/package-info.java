/** The broker: a bounded, ordered buffer of live events per run in Redis, and its readers. */
package arena.broker;
