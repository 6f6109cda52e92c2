/** The broker: bounded, ordered buffer of live events, one Redis stream a run, and who reads it. */
package arena.broker;
