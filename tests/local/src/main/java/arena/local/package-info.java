/**
 * The local stack: one process that reads {@code template.yaml} and stands in for AWS. It listens
 * on loopback only and keeps its state in one folder.
 */
package arena.local;
