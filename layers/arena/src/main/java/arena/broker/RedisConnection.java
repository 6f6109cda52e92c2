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
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Connection;
import redis.clients.jedis.ConnectionPool;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.SslOptions;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;
import redis.clients.jedis.exceptions.JedisNoScriptException;
import redis.clients.jedis.util.SafeEncoder;

/**
 * A small connection pool for one Redis server, connecting lazily. Thread-safe.
 *
 * <p>A call on a stale connection, such as after a Lambda freeze or a failover, is repeated once on
 * a new one. Every call must therefore be safe to make twice.
 *
 * <p>If the server does not answer in time, further calls fail at once for a few seconds, so that
 * an outage does not cost each call a timeout.
 *
 * <p>Commands are sent over Jedis's connections, without its clients, whose methods for every
 * command of Redis are a tenth of the bytes of classes that a cold start loads.
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
  private final ConnectionPool pool;
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
    GenericObjectPoolConfig<Connection> connections = new GenericObjectPoolConfig<>();
    connections.setMaxTotal(MAX_CONNECTIONS);
    connections.setMaxIdle(MAX_CONNECTIONS);
    connections.setMaxWait(POOL_TIMEOUT);
    connections.setJmxEnabled(false);
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
    this.pool =
        new ConnectionPool(
            new HostAndPort(settings.host(), settings.port()), config.build(), connections);
  }

  /**
   * Opens a connection and keeps it for the next call.
   *
   * @throws JedisException if the server is unreachable, or refuses the password
   */
  public void connect() {
    pool.getResource().close();
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
        connection -> eval(connection, script, keys, arguments),
        connection -> eval(connection, script, keys, retryArguments));
  }

  /** The keys and arguments of one run of a script. */
  record ScriptCall(List<String> keys, List<String> arguments) {}

  /**
   * Runs a script several times in one round trip, in this order.
   *
   * @throws DependencyUnavailable also if one of the runs fails; the others may have taken effect
   */
  List<Object> runAll(RedisScript script, List<ScriptCall> calls) {
    List<CommandArguments> commands = new ArrayList<>(calls.size());
    for (ScriptCall call : calls) {
      boolean first = commands.isEmpty(); // EVAL caches the script for those after it
      commands.add(
          scriptCommand(
              first ? Command.EVAL : Command.EVALSHA,
              first ? script.source() : script.digest(),
              call.keys(),
              call.arguments()));
    }
    return executeAll(commands);
  }

  /** Returns a command with these arguments. */
  static CommandArguments command(Command name, String... arguments) {
    CommandArguments command = new CommandArguments(name);
    for (String argument : arguments) {
      command.add(argument);
    }
    return command;
  }

  /**
   * Executes a command.
   *
   * @return a string, a {@code Long}, a list of those, or null
   * @throws DependencyUnavailable if the server is unreachable, times out or returns an error
   */
  Object execute(CommandArguments command) {
    return call(connection -> answer(connection, command));
  }

  /**
   * Executes commands in one round trip, in this order.
   *
   * @throws DependencyUnavailable also if one of the commands fails; the others may have taken
   *     effect
   */
  List<Object> executeAll(List<CommandArguments> commands) {
    if (commands.isEmpty()) {
      return List.of();
    }
    return call(
        connection -> {
          commands.forEach(connection::sendCommand);
          List<Object> answers = new ArrayList<>(commands.size());
          for (Object answer : connection.getMany(commands.size())) {
            if (answer instanceof JedisDataException error) {
              throw error;
            }
            answers.add(SafeEncoder.encodeObject(answer));
          }
          return answers;
        });
  }

  private static Object answer(Connection connection, CommandArguments command) {
    return SafeEncoder.encodeObject(connection.executeCommand(command));
  }

  /** Makes a call, repeating it once if the connection was stale. */
  private <T> T call(Function<Connection, T> call) {
    return withRetry(call, call);
  }

  private <T> T onConnection(Function<Connection, T> call) {
    try (Connection connection = pool.getResource()) {
      return call.apply(connection);
    }
  }

  private <T> T withRetry(Function<Connection, T> first, Function<Connection, T> second) {
    requireNoOutage();
    long start = nanoTime.getAsLong();
    try {
      return answered(onConnection(first));
    } catch (JedisException e) {
      if (!isStale(e, start)) {
        throw unavailable(e, start);
      }
    }
    pool.clear(); // the other connections are as old
    start = nanoTime.getAsLong();
    try {
      return answered(onConnection(second));
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
      Connection connection, RedisScript script, List<String> keys, List<String> arguments) {
    try {
      return answer(connection, scriptCommand(Command.EVALSHA, script.digest(), keys, arguments));
    } catch (JedisNoScriptException e) {
      // Not cached, such as after a restart. EVAL caches it.
      return answer(connection, scriptCommand(Command.EVAL, script.source(), keys, arguments));
    }
  }

  private static CommandArguments scriptCommand(
      Command name, String script, List<String> keys, List<String> arguments) {
    CommandArguments command = command(name, script, String.valueOf(keys.size()));
    keys.forEach(command::add);
    arguments.forEach(command::add);
    return command;
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
      pool.clear();
      if (!isPrompt(start)) {
        outage.set(new Outage(nanoTime.getAsLong() + OUTAGE_MEMORY.toNanos(), reason));
      }
    }
    return Dependency.BROKER.unavailable("Redis at %s: %s".formatted(settings, reason), e);
  }

  @Override
  public void close() {
    pool.close();
  }
}
