/**
 * What every store promises, whatever it is made of. Each interface has one suite, and each of its
 * implementations runs it.
 */
package arena.contract;
