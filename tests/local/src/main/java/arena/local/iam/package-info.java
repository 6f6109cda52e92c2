/**
 * Identity and access management: the roles of functions and the state machine, and their rights.
 */
package arena.local.iam;
