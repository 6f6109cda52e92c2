/** Diagnosis of runs: collecting facts, finding the cause by rules, and suggesting next steps. */
@NullMarked
package arena.diagnosis;

import org.jspecify.annotations.NullMarked;
