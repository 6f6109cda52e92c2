/** Domain model of runs: run, profile, requests, mutation, limits. No I/O. */
@NullMarked
package arena.run;

import org.jspecify.annotations.NullMarked;
