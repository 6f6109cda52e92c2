package arena.local.backing;

import arena.broker.RedisConnection;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A Redis server on 127.0.0.1 with a password and its data in a folder.
 *
 * <p>It ends with this JVM. If the JVM is killed, a watchdog process kills the server; without a
 * shell for it, the next start in the same folder ends the server first.
 */
public final class LocalRedis implements AutoCloseable {
  /** Longest wait for the first response, including the loading of the data. */
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  /** Longest wait for a graceful end, after which the server is killed. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  private static final int POLL_MILLIS = 20;

  /** Bytes of the log that an error message includes. */
  private static final int LOG_TAIL = 2_000;

  /** Tolerance of the recorded start time of a process. */
  private static final Duration SAME_START = Duration.ofSeconds(2);

  private final Path folder;
  private final int port;
  private final String password;
  private final FileChannel lock;
  private final Process process;
  private final Optional<Process> watchdog;
  private final boolean carried;
  private final Thread endWithJvm;

  private LocalRedis(
      Path folder, int port, String password, FileChannel lock, Process process, boolean carried) {
    this.folder = folder;
    this.port = port;
    this.password = password;
    this.lock = lock;
    this.process = process;
    this.carried = carried;
    this.watchdog = watchdog(process.pid());
    this.endWithJvm = new Thread(() -> end(process.toHandle()), "end-redis");
  }

  /**
   * Starts a server and waits until it responds.
   *
   * @param folder the folder of its data, its log {@code redis.log} and, if the machine has no
   *     Redis, the program; created if it is missing
   * @param port a free port
   * @param password the password of all clients; not empty
   * @throws BackingFailed if it does not respond within 30 s, or the folder is in use
   */
  public static LocalRedis start(Path folder, int port, String password) {
    if (password.isEmpty()) {
      throw new IllegalArgumentException("the password must not be empty");
    }
    try {
      Files.createDirectories(folder);
      FileChannel lock = lock(folder);
      try {
        endServer(folder);
        Path program = RedisProgram.find(folder);
        boolean carried = program.startsWith(folder);
        Process process = launch(program, folder, port, password, carried);
        LocalRedis redis = new LocalRedis(folder, port, password, lock, process, carried);
        redis.endsWithJvm();
        redis.awaitReady();
        return redis;
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new BackingFailed("cannot start Redis in " + folder + ": " + e.getMessage(), e);
    }
  }

  private void endsWithJvm() {
    try {
      Runtime.getRuntime().addShutdownHook(endWithJvm);
    } catch (IllegalStateException e) {
      close();
      throw new BackingFailed("cannot start Redis while the JVM is shutting down", e);
    }
  }

  /**
   * Leaves the end of the server to its owner, which closes it after its clients when the JVM shuts
   * down. Otherwise it ends at the start of the shutdown.
   */
  public void leaveEndToOwner() {
    try {
      Runtime.getRuntime().removeShutdownHook(endWithJvm);
    } catch (IllegalStateException e) {
      // The JVM is shutting down.
    }
  }

  /** Returns the port. */
  public int port() {
    return port;
  }

  /** Returns the password. */
  public String password() {
    return password;
  }

  /** Returns the path of its log. */
  public Path log() {
    return folder.resolve("redis.log");
  }

  /** Returns whether the server is running. */
  public boolean alive() {
    return process.isAlive();
  }

  /**
   * Kills the server, as a crash does. {@link #start} in the same folder restores all writes that
   * were acknowledged. A later {@link #close} has no effect.
   */
  public void kill() {
    process.destroyForcibly();
    try {
      // Not the handle's onExit, which may complete before isAlive returns false.
      process.waitFor(STOP_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    release();
  }

  /** Ends the server gracefully; its data remains. Idempotent. */
  @Override
  public void close() {
    end(process.toHandle());
    release();
  }

  private synchronized void release() {
    if (!lock.isOpen()) {
      return; // released before; the folder may have another owner
    }
    try {
      Runtime.getRuntime().removeShutdownHook(endWithJvm);
    } catch (IllegalStateException e) {
      // The JVM is shutting down.
    }
    try {
      watchdog.ifPresent(Process::destroy);
      Files.deleteIfExists(pidFile(folder));
      lock.close();
    } catch (IOException e) {
      throw new BackingFailed("cannot release " + folder, e);
    }
  }

  /** Locks the folder; the operating system releases the lock when the JVM ends. */
  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("redis.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // This JVM holds the lock.
    }
    channel.close();
    throw new BackingFailed("another local Redis uses " + folder);
  }

  private static Path pidFile(Path folder) {
    return folder.resolve("redis.pid");
  }

  private static Process launch(
      Path program, Path folder, int port, String password, boolean carried) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(program.toAbsolutePath().toString(), "-");
    builder.directory(folder.toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(folder.resolve("redis.log").toFile());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new BackingFailed("cannot run Redis: " + e.getMessage() + advice(carried), e);
    }
    Instant started = process.info().startInstant().orElseGet(Instant::now);
    Files.writeString(
        pidFile(folder),
        String.format(Locale.ROOT, "%d %d%n", process.pid(), started.toEpochMilli()));
    // The settings go through standard input, so that the password is in no process list or file.
    try (OutputStream settings = process.getOutputStream()) {
      settings.write(settings(port, password).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It ended before it read them; the wait for its first answer reports why.
    }
    return process;
  }

  /**
   * Starts a process that kills the server when its standard input ends: the system closes this
   * JVM's end of the pipe when the JVM ends in any way.
   */
  private static Optional<Process> watchdog(long server) {
    try {
      return Optional.of(
          new ProcessBuilder(
                  "sh", "-c", "read -r _; kill -9 \"$1\"", "watchdog", String.valueOf(server))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start());
    } catch (IOException e) {
      return Optional.empty(); // no shell
    }
  }

  /** Returns the exit code of a server that ended; 128 and the signal's number if it was killed. */
  public OptionalInt exitCode() {
    return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
  }

  /**
   * With {@code appendfsync no}, every acknowledged write is in the file, so that killing the
   * process loses none; a power failure may. With {@code everysec}, Redis delays writes while a
   * slow disk syncs.
   */
  private static String settings(int port, String password) {
    return String.format(
        Locale.ROOT,
        """
        bind 127.0.0.1
        port %d
        requirepass %s
        daemonize no
        dir ./
        appendonly yes
        appendfsync no
        save ""
        maxmemory 1gb
        maxmemory-policy noeviction
        """,
        port,
        quoted(password));
  }

  /** Quotes a string for Redis's settings: special characters byte by byte. */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = b > ' ' && b < 0x7f && b != '"' && b != '\\';
      quoted.append(
          plain ? String.valueOf((char) b) : String.format(Locale.ROOT, "\\x%02x", b & 0xff));
    }
    return quoted.append('"').toString();
  }

  private void awaitReady() {
    // Functions in this process use the same library, which is configured once.
    RedisConnection.enlargeOutputBuffer();
    HostAndPort address = new HostAndPort(InetAddress.getLoopbackAddress().getHostAddress(), port);
    DefaultJedisClientConfig config =
        DefaultJedisClientConfig.builder()
            .serverDefaultProtocol()
            .password(password)
            .timeoutMillis(1_000)
            .build();
    Instant limit = Instant.now().plus(START_LIMIT);
    JedisException last = null;
    while (process.isAlive() && Instant.now().isBefore(limit)) {
      try (Jedis jedis = new Jedis(address, config)) {
        // Another server on this port has another process id.
        if (!jedis.info("server").contains("process_id:" + process.pid())) {
          throw failed(String.format(Locale.ROOT, "another server uses port %d", port), null);
        }
        // While it is loading, it responds to INFO but rejects other commands.
        if (jedis.info("persistence").lines().anyMatch("loading:0"::equals)) {
          return;
        }
      } catch (JedisException e) {
        last = e; // not listening yet, or loading
      }
      awaitEnd(process.toHandle(), Duration.ofMillis(POLL_MILLIS));
    }
    throw process.isAlive()
        ? failed(
            String.format(Locale.ROOT, "no response within %d s", START_LIMIT.toSeconds()), last)
        : failed("the process ended", last);
  }

  private BackingFailed failed(String reason, JedisException cause) {
    String tail = logTail();
    close();
    return new BackingFailed(
        String.format(
            Locale.ROOT,
            "Redis on port %d did not start: %s. %s ends with:%n%s%s",
            port,
            reason,
            log(),
            tail.strip(),
            advice(carried)),
        cause);
  }

  private static String advice(boolean carried) {
    return carried
        ? System.lineSeparator()
            + "The Redis that the build carries cannot run on this machine: install redis-server,"
            + " so that it is on the PATH"
        : "";
  }

  private String logTail() {
    try (RandomAccessFile file = new RandomAccessFile(log().toFile(), "r")) {
      long from = Math.max(0, file.length() - LOG_TAIL);
      byte[] tail = new byte[(int) (file.length() - from)];
      file.seek(from);
      file.readFully(tail);
      return new String(tail, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "(no log)";
    }
  }

  /**
   * Ends the server of a killed JVM in this folder, if there is one, so that its port is free.
   * {@link #start} does this too, but its caller has to choose the port before.
   *
   * @throws BackingFailed if the folder is in use
   */
  public static void endOrphan(Path folder) {
    if (!Files.exists(pidFile(folder))) {
      return;
    }
    try (FileChannel ours = lock(folder)) {
      if (ours.isOpen()) {
        endServer(folder);
      }
    } catch (IOException e) {
      throw new BackingFailed("cannot end the orphaned server in " + folder, e);
    }
  }

  /** Ends the recorded process, if it is still the same one. */
  private static void endServer(Path folder) throws IOException {
    Path pidFile = pidFile(folder);
    if (!Files.exists(pidFile)) {
      return;
    }
    String[] recorded = Files.readString(pidFile).strip().split(" ", -1);
    if (recorded.length == 2) {
      Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(recorded[0]));
      Instant started = Instant.ofEpochMilli(Long.parseLong(recorded[1]));
      process.filter(found -> isSame(found, started)).ifPresent(LocalRedis::end);
    }
    Files.deleteIfExists(pidFile);
  }

  private static boolean isSame(ProcessHandle process, Instant started) {
    return process
        .info()
        .startInstant()
        .map(at -> Duration.between(at, started).abs().compareTo(SAME_START) <= 0)
        .orElse(false);
  }

  private static void end(ProcessHandle process) {
    process.destroy();
    if (!awaitEnd(process, STOP_LIMIT)) {
      process.destroyForcibly();
      awaitEnd(process, STOP_LIMIT);
    }
  }

  private static boolean awaitEnd(ProcessHandle process, Duration limit) {
    try {
      process.onExit().get(limit.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }
}
