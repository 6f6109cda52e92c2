/**
 * The local stack: one process that reads {@code template.yaml} and stands in for AWS, on loopback
 * alone, with its state in one folder.
 */
package arena.local;
