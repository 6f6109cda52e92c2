package arena.local;

import arena.local.backing.BackingFailed;
import arena.local.backing.LocalRedis;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** The stack's Redis, which the supervisor restarts, and which a test can hold down. */
final class RedisNode implements AutoCloseable, Supervisor.Part {
  static final String HOST = "127.0.0.1";

  private static final int MAX_STARTS = 3;

  private final Path folder;
  private volatile LocalRedis redis;

  /** Whether it must stay down: it was killed by {@link #kill}, or is closed. */
  private volatile boolean held;

  private volatile Consumer<String> events = _ -> {};

  private RedisNode(Path folder, LocalRedis redis) {
    this.folder = folder;
    this.redis = redis;
  }

  /**
   * Starts Redis in a folder; it is ready when this returns.
   *
   * @throws PortUnavailable if the port of the options is in use
   * @throws BackingFailed if Redis does not start
   */
  static RedisNode start(Path folder, String password, Options options) {
    LocalRedis.endOrphan(folder);
    int starts = options.redisPort() == 0 ? MAX_STARTS : 1;
    for (int start = 1; ; start++) {
      int port =
          Ports.onFree(
              options.redisPort(),
              options.redisPortRequired(),
              "ARENA_REDIS_PORT",
              options.progress(),
              Ports::free);
      try {
        return new RedisNode(folder, start(folder, port, password));
      } catch (BackingFailed e) {
        // Another program may have taken the free port in the meantime.
        if (start == starts) {
          throw e;
        }
      }
    }
  }

  private static LocalRedis start(Path folder, int port, String password) {
    LocalRedis started = LocalRedis.start(folder, port, password);
    started.leaveEndToOwner();
    return started;
  }

  int port() {
    return redis.port();
  }

  String password() {
    return redis.password();
  }

  boolean alive() {
    return redis.alive();
  }

  /** Kills Redis, as a crash does, and holds it down until {@link #start}. */
  synchronized void kill() {
    held = true;
    redis.kill();
  }

  @Override
  public String name() {
    return "Redis on port " + port();
  }

  @Override
  public boolean runs() {
    return held || redis.alive();
  }

  @Override
  public String end() {
    OptionalInt code = redis.exitCode();
    return code.isPresent() ? "exit code " + code.getAsInt() : "no exit code";
  }

  @Override
  public synchronized void restart() {
    if (!runs()) {
      events.accept("Cache node failed");
      startAgain();
      events.accept("Cache node restarted");
    }
  }

  /** Sets the listener of the node's events when it ended by itself. */
  void onRestart(Consumer<String> listener) {
    events = listener;
  }

  /**
   * Starts a killed Redis on the same port, with the data in its folder.
   *
   * @throws IllegalStateException if it is running
   */
  synchronized void start() {
    if (redis.alive()) {
      throw new IllegalStateException("Redis is running; only a killed one can be restarted");
    }
    startAgain();
    held = false;
  }

  private void startAgain() {
    redis.close(); // releases the folder
    redis = start(folder, redis.port(), redis.password());
  }

  /** Stops Redis. */
  @Override
  public synchronized void close() {
    held = true;
    redis.close();
  }
}
