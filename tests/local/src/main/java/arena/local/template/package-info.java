/**
 * Reads {@code template.yaml} as CloudFormation and SAM do, and says what the local stack has to
 * host.
 */
package arena.local.template;
