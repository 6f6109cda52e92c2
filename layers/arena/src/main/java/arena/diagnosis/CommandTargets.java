package arena.diagnosis;

import arena.text.Redactor;

/**
 * The endpoints used in the commands of next steps.
 *
 * @param http the HTTP interface
 * @param redisCli the redis-cli program with its connection options
 * @param redactor redacts the values in commands before they are quoted; later, it could break
 *     quotes
 */
public record CommandTargets(HttpInterface http, String redisCli, Redactor redactor) {}
