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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisException;

/**
 * A real Redis server on 127.0.0.1, with a password, that keeps its data in a folder and has it
 * again after a restart.
 *
 * <p>It ends with this JVM. When the JVM itself is killed hard, its server stays behind; the next
 * start on the same folder ends that one first.
 */
public final class LocalRedis implements AutoCloseable {
  /** Longest wait for the first answer, which includes the loading of what was kept. */
  private static final Duration START_LIMIT = Duration.ofSeconds(30);

  /** Longest wait for an orderly end, after which it is killed. */
  private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

  private static final int POLL_MILLIS = 20;

  /** How much of the log a failure shows, in bytes. */
  private static final int LOG_TAIL = 2_000;

  /** A process that started this close to the noted time is the noted one. */
  private static final Duration SAME_START = Duration.ofSeconds(2);

  private final Path folder;
  private final int port;
  private final String password;
  private final FileChannel lock;
  private final Process process;
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
    this.endWithJvm = new Thread(() -> end(process.toHandle()), "end-redis");
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param folder where its data, its log {@code redis.log} and, if the machine has no Redis, the
   *     program are kept; made if it is missing
   * @param port a free port
   * @param password asked of every client; not empty
   * @throws BackingFailed if it does not answer within 30 s, or the folder is in use
   */
  public static LocalRedis start(Path folder, int port, String password) {
    if (password.isEmpty()) {
      throw new IllegalArgumentException("the password may not be empty");
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
        redis.awaitAnswer();
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
      throw new BackingFailed("Redis is not started: the JVM is ending", e);
    }
  }

  /**
   * From now on its owner sees to it that it is closed when the JVM ends, after what works with it;
   * by itself it would end at once.
   */
  public void leavesItsEndToItsOwner() {
    try {
      Runtime.getRuntime().removeShutdownHook(endWithJvm);
    } catch (IllegalStateException e) {
      // too late, it is ending
    }
  }

  /** The port that it listens on. */
  public int port() {
    return port;
  }

  /** The password that it asks for. */
  public String password() {
    return password;
  }

  /** Where it logs to. */
  public Path log() {
    return folder.resolve("redis.log");
  }

  /** Whether the server runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /**
   * Ends the server at once, as a crash would: what it had not yet written to disk is lost (at most
   * about a second's worth). {@link #start} on the same folder has the rest. A {@link #close} after
   * it changes nothing.
   */
  public void kill() {
    process.destroyForcibly();
    awaitEnd(process.toHandle(), STOP_LIMIT);
    release();
  }

  /** Ends the server in an orderly way; all its data is kept. Doing it again changes nothing. */
  @Override
  public void close() {
    end(process.toHandle());
    release();
  }

  private synchronized void release() {
    if (!lock.isOpen()) {
      return; // done before; the folder may be another's by now
    }
    try {
      Runtime.getRuntime().removeShutdownHook(endWithJvm);
    } catch (IllegalStateException e) {
      // the JVM is going down already, and the hook with it
    }
    try {
      Files.deleteIfExists(pidFile(folder));
      lock.close();
    } catch (IOException e) {
      throw new BackingFailed("cannot let go of " + folder, e);
    }
  }

  /** The lock goes with the JVM that holds it, however that ends. */
  private static FileChannel lock(Path folder) throws IOException {
    FileChannel channel =
        FileChannel.open(
            folder.resolve("redis.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // this JVM has it: the same answer as for another's
    }
    channel.close();
    throw new BackingFailed("another Redis of ours works in " + folder);
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
    // The settings go through its standard input, so that no process list and no file has the
    // password.
    try (OutputStream settings = process.getOutputStream()) {
      settings.write(settings(port, password).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // It ended before it read them; the wait for its first answer reports why.
    }
    return process;
  }

  /**
   * Every answered write is in the file, so that killing the process loses none: with {@code
   * everysec}, Redis holds writes back while a slow disk is at it. Losing the machine may.
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

  /** A text as Redis's settings quote it: whatever is not a plain character, byte by byte. */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = b > ' ' && b < 0x7f && b != '"' && b != '\\';
      quoted.append(
          plain ? String.valueOf((char) b) : String.format(Locale.ROOT, "\\x%02x", b & 0xff));
    }
    return quoted.append('"').toString();
  }

  private void awaitAnswer() {
    // Functions in this process talk to it by the same library, as they set it.
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
        // Another server on this port would not have this process's id.
        if (!jedis.info("server").contains("process_id:" + process.pid())) {
          throw failed(String.format(Locale.ROOT, "port %d is another server's", port), null);
        }
        // It tells about itself also while it is still loading, and refuses everything else.
        if (jedis.info("persistence").contains("loading:0")) {
          return;
        }
      } catch (JedisException e) {
        last = e; // not listening yet, or still loading
      }
      awaitEnd(process.toHandle(), Duration.ofMillis(POLL_MILLIS));
    }
    throw process.isAlive()
        ? failed(String.format(Locale.ROOT, "no answer within %d s", START_LIMIT.toSeconds()), last)
        : failed("it ended at once", last);
  }

  private BackingFailed failed(String why, JedisException cause) {
    String tail = logTail();
    close();
    return new BackingFailed(
        String.format(
            Locale.ROOT,
            "Redis on port %d did not start: %s. %s ends with:%n%s%s",
            port,
            why,
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
   * Ends the server that a JVM which was killed left behind in this folder, if there is one, so
   * that its port is free again. {@link #start} does it too, but its caller chooses the port
   * before.
   *
   * @throws BackingFailed if the folder is in use
   */
  public static void endLeftOver(Path folder) {
    if (!Files.exists(pidFile(folder))) {
      return;
    }
    try (FileChannel ours = lock(folder)) {
      if (ours.isOpen()) {
        endServer(folder);
      }
    } catch (IOException e) {
      throw new BackingFailed("cannot end what was left in " + folder, e);
    }
  }

  /** Ends the noted process, if it is still the same one. */
  private static void endServer(Path folder) throws IOException {
    Path pidFile = pidFile(folder);
    if (!Files.exists(pidFile)) {
      return;
    }
    String[] noted = Files.readString(pidFile).strip().split(" ", -1);
    if (noted.length == 2) {
      Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(noted[0]));
      Instant started = Instant.ofEpochMilli(Long.parseLong(noted[1]));
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
