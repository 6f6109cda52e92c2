/** The command {@code ./arena sql}: queries over the archives of all runs. */
package arena.local.sql;
