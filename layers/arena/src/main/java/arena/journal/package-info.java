/** The journal: the source of truth for a run's events until it is archived. */
package arena.journal;
