/**
 * Why a run does not finish: the facts that are collected about it, the rules that name the cause,
 * and what an operator can do about it.
 */
package arena.diagnosis;
