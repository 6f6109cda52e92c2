/** Diagnosis of runs: collecting facts, finding the cause by rules, and suggesting next steps. */
package arena.diagnosis;
