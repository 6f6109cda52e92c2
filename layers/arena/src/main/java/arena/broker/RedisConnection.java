package arena.broker;

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
 * A few connections to one Redis server, made when they are needed and kept for the next call.
 *
 * <p>One that went stale while its process slept, or that leads to a server which is no longer the
 * primary, is replaced and the call made once more. So every call through here must be one that may
 * be made twice.
 */
public final class RedisConnection implements AutoCloseable {
  private static final int MAX_CONNECTIONS = 8;
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(2);
  private static final Duration ANSWER_LIMIT = Duration.ofSeconds(2);

  /** Longest wait for one of the connections to be free. */
  private static final Duration TURN_LIMIT = Duration.ofSeconds(2);

  private static final String WRITES_AT_ONCE = "jedis.bufferSize.output";

  /** More than the batch of events that a turn publishes has, in bytes. */
  private static final int BYTES_AT_ONCE = 32 * 1024;

  static {
    writeBatchesAtOnce();
  }

  private final RedisSettings settings;
  private final RedisClient client;

  /**
   * Lets a batch go out in one write, where the client library would cut it at 8 KB: the server
   * wakes up once for it, not twice, which is a good part of a publish's time. The library asks
   * once a process, before its first connection; a process that makes one before this class is used
   * calls this first. A setting that is there already stays.
   */
  public static void writeBatchesAtOnce() {
    if (System.getProperty(WRITES_AT_ONCE) == null) {
      System.setProperty(WRITES_AT_ONCE, String.valueOf(BYTES_AT_ONCE));
    }
  }

  /** Connects at the first call, not here. */
  public RedisConnection(RedisSettings settings) {
    this.settings = settings;
    GenericObjectPoolConfig<Connection> pool = new GenericObjectPoolConfig<>();
    pool.setMaxTotal(MAX_CONNECTIONS);
    pool.setMaxIdle(MAX_CONNECTIONS);
    pool.setMaxWait(TURN_LIMIT);
    pool.setJmxEnabled(false);
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .serverDefaultProtocol()
            .connectionTimeoutMillis(Math.toIntExact(CONNECT_LIMIT.toMillis()))
            .socketTimeoutMillis(Math.toIntExact(ANSWER_LIMIT.toMillis()))
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
    settings.password().ifPresent(config::password);
    if (settings.tls()) {
      config.sslOptions(SslOptions.defaults()); // checks the certificate and its host name
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
   * @return what it answers: text, {@code Long}, a list of those, or null
   * @throws BrokerUnavailable if the server is not reached, does not answer in time or refuses
   */
  Object run(RedisScript script, List<String> keys, List<String> arguments) {
    return run(script, keys, arguments, arguments);
  }

  /**
   * Runs a script.
   *
   * @param again its arguments if it may have run already
   */
  Object run(RedisScript script, List<String> keys, List<String> arguments, List<String> again) {
    return twice(
        redis -> eval(redis, script, keys, arguments), redis -> eval(redis, script, keys, again));
  }

  /** Makes a call, and makes it again if the connection was not fit for it. */
  <T> T call(Function<RedisClient, T> call) {
    return twice(call, call);
  }

  private <T> T twice(Function<RedisClient, T> first, Function<RedisClient, T> second) {
    try {
      return first.apply(client);
    } catch (JedisException e) {
      if (!isStale(e)) {
        throw unavailable(e);
      }
    }
    client.getPool().clear(); // the others have been idle for as long
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
      // A server that has started anew knows no script; this one it keeps.
      return redis.eval(script.source(), keys, arguments);
    }
  }

  private static boolean isStale(JedisException e) {
    if (e instanceof JedisConnectionException) {
      return !(e.getCause() instanceof SocketTimeoutException);
    }
    return e.getMessage() != null && e.getMessage().startsWith("READONLY");
  }

  private BrokerUnavailable unavailable(JedisException e) {
    if (e instanceof JedisConnectionException) {
      client.getPool().clear();
    }
    return new BrokerUnavailable("Redis at %s: %s".formatted(settings, e.getMessage()), e);
  }

  /** Ends its connections. */
  @Override
  public void close() {
    client.close();
  }
}
