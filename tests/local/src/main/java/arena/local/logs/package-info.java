/** What {@code ./arena logs} shows. */
package arena.local.logs;
