/** The journal: the truth about every run's events until the archive has them. */
package arena.journal;
