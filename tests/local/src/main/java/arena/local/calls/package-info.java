/** Counts the AWS calls of this process, and what they consume. */
package arena.local.calls;
