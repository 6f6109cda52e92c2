/**
 * Reads {@code template.yaml} and its nested templates as CloudFormation and SAM do, and determines
 * which resources the local stack hosts.
 */
package arena.local.template;
