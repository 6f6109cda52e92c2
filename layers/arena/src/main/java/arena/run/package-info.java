/** Domain model of runs: run, profile, requests, mutation, limits. No I/O. */
package arena.run;
