package arena.diagnosis;

/**
 * What the commands of the next steps speak to.
 *
 * @param url where the HTTP interface is
 * @param redisCli how a command to the broker begins: the program, and what it needs to reach it
 */
public record CommandTargets(String url, String redisCli) {}
