/** Runs: what they are, how one is asked for, what a fork and a mutation mean. Plain. */
package arena.run;
