/** Where a run's events now are: one reader over broker, journal and archive. */
package arena.source;
