package arena.broker;

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
   * Returns the redis-cli command with its connection options; the password is read from {@code
   * REDIS_PASSWORD} by the shell.
   */
  public String redisCli() {
    return String.format(
        Locale.ROOT,
        "redis-cli -h %s -p %d%s%s",
        host,
        port,
        tls ? " --tls" : "",
        password.isPresent() ? " -a \"$REDIS_PASSWORD\" --no-auth-warning" : "");
  }

  /** Omits the password. */
  @Override
  public String toString() {
    return host + ":" + port + (tls ? " with TLS" : "");
  }
}
