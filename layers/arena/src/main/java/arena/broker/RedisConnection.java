package arena.broker;

import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * A small connection pool for one Redis server, connecting lazily. Thread-safe.
 *
 * <p>A call on a stale connection, such as after a Lambda freeze or a failover, is repeated once on
 * a new one. Every call must therefore be safe to make twice.
 */
public final class RedisConnection implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 8;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration SOCKET_TIMEOUT = Duration.ofSeconds(2);

  /** Maximum wait for a free connection. */
  private static final Duration POOL_TIMEOUT = Duration.ofSeconds(2);

  private static final String OUTPUT_BUFFER_PROPERTY = "jedis.bufferSize.output";

  /** Larger than a turn's batch of events. */
  private static final int OUTPUT_BUFFER_BYTES = 32 * 1024;

  static {
    enlargeOutputBuffer();
  }

  private final RedisSettings settings;
  private final RedisClient client;

  /**
   * Enlarges Jedis's output buffer from 8 KB, so that a batch is sent in one write and the server
   * wakes up once per publish. Jedis reads the property once, before the first connection; a
   * process that connects before this class is loaded must call this first. An existing value is
   * kept.
   */
  public static void enlargeOutputBuffer() {
    if (System.getProperty(OUTPUT_BUFFER_PROPERTY) == null) {
      System.setProperty(OUTPUT_BUFFER_PROPERTY, String.valueOf(OUTPUT_BUFFER_BYTES));
    }
  }

  /** Does not connect yet. */
  public RedisConnection(RedisSettings settings) {
    this.settings = settings;
    GenericObjectPoolConfig<Connection> pool = new GenericObjectPoolConfig<>();
    pool.setMaxTotal(MAX_CONNECTIONS);
    pool.setMaxIdle(MAX_CONNECTIONS);
    pool.setMaxWait(POOL_TIMEOUT);
    pool.setJmxEnabled(false);
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .serverDefaultProtocol()
            .connectionTimeoutMillis(Math.toIntExact(CONNECT_TIMEOUT.toMillis()))
            .socketTimeoutMillis(Math.toIntExact(SOCKET_TIMEOUT.toMillis()))
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
    settings.password().ifPresent(config::password);
    if (settings.tls()) {
      config.sslOptions(SslOptions.defaults()); // verifies certificate and host name
    }
    this.client =
        RedisClient.builder()
            .hostAndPort(settings.host(), settings.port())
            .clientConfig(config.build())
            .poolConfig(pool)
            .build();
  }

  /**
   * Runs a script.
   *
   * @return a string, a {@code Long}, a list of those, or null
   * @throws DependencyUnavailable if the server is unreachable, times out or returns an error
   */
  Object run(RedisScript script, List<String> keys, List<String> arguments) {
    return run(script, keys, arguments, arguments);
  }

  /**
   * Runs a script.
   *
   * @param retryArguments arguments of a repeated call, which may run a second time
   */
  Object run(
      RedisScript script, List<String> keys, List<String> arguments, List<String> retryArguments) {
    return withRetry(
        redis -> eval(redis, script, keys, arguments),
        redis -> eval(redis, script, keys, retryArguments));
  }

  /** Makes a call, repeating it once if the connection was stale. */
  <T> T call(Function<RedisClient, T> call) {
    return withRetry(call, call);
  }

  private <T> T withRetry(Function<RedisClient, T> first, Function<RedisClient, T> second) {
    try {
      return first.apply(client);
    } catch (JedisException e) {
      if (!isStale(e)) {
        throw unavailable(e);
      }
    }
    client.getPool().clear(); // the other connections are as old
    try {
      return second.apply(client);
    } catch (JedisException e) {
      throw unavailable(e);
    }
  }

  private static Object eval(
      RedisClient redis, RedisScript script, List<String> keys, List<String> arguments) {
    try {
      return redis.evalsha(script.digest(), keys, arguments);
    } catch (JedisNoScriptException e) {
      // Not cached, such as after a restart. EVAL caches it.
      return redis.eval(script.source(), keys, arguments);
    }
  }

  private static boolean isStale(JedisException e) {
    if (e instanceof JedisConnectionException) {
      return !(e.getCause() instanceof SocketTimeoutException);
    }
    return e.getMessage() != null && e.getMessage().startsWith("READONLY");
  }

  private DependencyUnavailable unavailable(JedisException e) {
    if (e instanceof JedisConnectionException) {
      client.getPool().clear();
    }
    return Dependency.BROKER.unavailable("Redis at %s: %s".formatted(settings, e.getMessage()), e);
  }

  @Override
  public void close() {
    client.close();
  }
}
