package arena.broker;

import arena.text.Shell;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Connection settings of the Redis server.
 *
 * @param tls whether to use TLS with certificate verification
 */
public record RedisSettings(String host, int port, boolean tls, Optional<String> password) {
  public RedisSettings {
    Objects.requireNonNull(host);
    Objects.requireNonNull(password);
  }

  /**
   * Returns the redis-cli command with its connection options; the shell reads the password from
   * {@code REDIS_PASSWORD}, and no list of processes shows it.
   */
  public String redisCli() {
    return String.format(
        Locale.ROOT,
        "%sredis-cli -h %s -p %d%s",
        password.isPresent() ? "REDISCLI_AUTH=\"$REDIS_PASSWORD\" " : "",
        Shell.word(host),
        port,
        tls ? " --tls" : "");
  }

  /** Omits the password. */
  @Override
  public String toString() {
    return host + ":" + port + (tls ? " with TLS" : "");
  }
}
