/** Tests of the diagnosis: each produces a cause on the local stack and asserts its diagnosis. */
package arena.causes;
