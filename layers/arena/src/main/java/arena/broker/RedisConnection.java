package arena.broker;

import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.Connection;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.RedisClient;
import redis.clients.jedis.Response;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;

/**
 * A small connection pool for one Redis server, connecting lazily. Thread-safe.
 *
 * <p>A call on a stale connection, such as after a Lambda freeze or a failover, is repeated once on
 * a new one. Every call must therefore be safe to make twice.
 *
 * <p>If the server does not answer in time, further calls fail at once for a few seconds, so that
 * an outage does not cost each call a timeout.
 */
public final class RedisConnection implements AutoCloseable {
  /**
   * A fan-out makes 64 calls at once, each short next to the send before it. With this many
   * connections the last of them waits for three others: not longer than {@link #POOL_TIMEOUT} if
   * the server answers within half a second. More would cost the server memory for each sandbox.
   */
  private static final int MAX_CONNECTIONS = 16;

  /** Timeout of connecting and of a call; a turn waits for it. */
  static final Duration TIMEOUT = Duration.ofSeconds(1);

  /** How long calls fail at once after one that was not answered. */
  static final Duration OUTAGE_MEMORY = Duration.ofSeconds(5);

  /**
   * A call that fails sooner had a stale connection, or was refused; one that fails later was not
   * answered.
   */
  private static final Duration PROMPT = Duration.ofMillis(200);

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
  private final LongSupplier nanoTime;
  private final AtomicReference<@Nullable Outage> outage = new AtomicReference<>();

  /** The server did not answer; no call is made before {@code retryAt}, in nanoseconds. */
  private record Outage(long retryAt, String reason) {}

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
    this(settings, System::nanoTime);
  }

  /**
   * Does not connect yet.
   *
   * @param nanoTime a clock that only moves forward, in nanoseconds
   */
  public RedisConnection(RedisSettings settings, LongSupplier nanoTime) {
    this.settings = settings;
    this.nanoTime = nanoTime;
    int timeout = Math.toIntExact(TIMEOUT.toMillis());
    GenericObjectPoolConfig<Connection> pool = new GenericObjectPoolConfig<>();
    pool.setMaxTotal(MAX_CONNECTIONS);
    pool.setMaxIdle(MAX_CONNECTIONS);
    pool.setMaxWait(POOL_TIMEOUT);
    pool.setJmxEnabled(false);
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .serverDefaultProtocol()
            .connectionTimeoutMillis(timeout)
            .socketTimeoutMillis(timeout)
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

  /** The keys and arguments of one run of a script. */
  record ScriptCall(List<String> keys, List<String> arguments) {}

  /**
   * Runs a script several times in one round trip, in this order.
   *
   * @throws DependencyUnavailable also if one of the runs fails; the others may have taken effect
   */
  List<Object> runAll(RedisScript script, List<ScriptCall> calls) {
    return call(
        redis -> {
          List<Response<Object>> answers = new ArrayList<>(calls.size());
          try (Pipeline pipeline = redis.pipelined()) {
            for (ScriptCall call : calls) {
              answers.add(
                  answers.isEmpty() // EVAL caches the script for those after it
                      ? pipeline.eval(script.source(), call.keys(), call.arguments())
                      : pipeline.evalsha(script.digest(), call.keys(), call.arguments()));
            }
            pipeline.sync();
          }
          return answers.stream().map(Response::get).toList(); // throws an error of the script
        });
  }

  /** Makes a call, repeating it once if the connection was stale. */
  <T> T call(Function<RedisClient, T> call) {
    return withRetry(call, call);
  }

  private <T> T withRetry(Function<RedisClient, T> first, Function<RedisClient, T> second) {
    requireNoOutage();
    long start = nanoTime.getAsLong();
    try {
      return answered(first.apply(client));
    } catch (JedisException e) {
      if (!isStale(e, start)) {
        throw unavailable(e, start);
      }
    }
    client.getPool().clear(); // the other connections are as old
    start = nanoTime.getAsLong();
    try {
      return answered(second.apply(client));
    } catch (JedisException e) {
      throw unavailable(e, start);
    }
  }

  /** Lets one call through when the time is over; if it is not answered, the outage goes on. */
  private void requireNoOutage() {
    Outage known = outage.get();
    if (known == null) {
      return;
    }
    long now = nanoTime.getAsLong();
    if (now - known.retryAt < 0
        || !outage.compareAndSet(known, new Outage(now + OUTAGE_MEMORY.toNanos(), known.reason))) {
      throw Dependency.BROKER.unavailable(
          "Redis at %s did not answer a moment ago: %s".formatted(settings, known.reason), null);
    }
  }

  private <T> T answered(T answer) {
    outage.set(null);
    return answer;
  }

  private boolean isPrompt(long start) {
    return nanoTime.getAsLong() - start < PROMPT.toNanos();
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

  private boolean isStale(JedisException e, long start) {
    if (e instanceof JedisConnectionException) {
      return isPrompt(start);
    }
    // The connection is to a replica that was the primary. Redis 6 wraps an error in a script.
    return e.getMessage() != null && e.getMessage().contains("READONLY");
  }

  private DependencyUnavailable unavailable(JedisException e, long start) {
    String reason = String.valueOf(e.getMessage());
    if (e instanceof JedisConnectionException) {
      client.getPool().clear();
      if (!isPrompt(start)) {
        outage.set(new Outage(nanoTime.getAsLong() + OUTAGE_MEMORY.toNanos(), reason));
      }
    }
    return Dependency.BROKER.unavailable("Redis at %s: %s".formatted(settings, reason), e);
  }

  @Override
  public void close() {
    client.close();
  }
}
