package arena.broker;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * Where the Redis server is.
 *
 * @param host its name or address
 * @param port its port
 * @param tls whether the connection is encrypted and the server's certificate checked
 * @param password asked for by the server, if it asks
 */
public record RedisSettings(String host, int port, boolean tls, Optional<String> password) {
  public RedisSettings {
    Objects.requireNonNull(host);
    Objects.requireNonNull(password);
  }

  /**
   * How an operator's command to it begins. The password stays out of it: a shell takes it from
   * {@code REDIS_PASSWORD}.
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

  /** Without the password: this ends up in logs. */
  @Override
  public String toString() {
    return host + ":" + port + (tls ? " with TLS" : "");
  }
}
