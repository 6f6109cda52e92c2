package arena.local;

import arena.access.Role;
import arena.access.Tokens;
import arena.local.iam.Credentials;
import arena.local.lambda.FunctionHost;
import arena.local.lambda.Invocation;
import arena.local.log.ProcessOutput;
import arena.local.template.StackPlan;
import arena.local.token.TokenTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/**
 * A running local stack. A process can have only one, because its functions find the local services
 * by system properties.
 *
 * <pre>{@code
 * try (LocalStack stack = LocalStack.start(Options.of(Path.of("../..")))) {
 *   HttpRequest.newBuilder(stack.httpUrl().resolve("/health"));
 * }
 * }</pre>
 */
public final class LocalStack implements AutoCloseable {
  /** The name of the stack, a prefix of the names of its resources. */
  public static final String NAME = "arena";

  /** The stage of the WebSocket API. */
  static final String STAGE = "live";

  private static final Duration INVOKE_TIMEOUT = Duration.ofMinutes(5);
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final int CLOSED_POLL_MILLIS = 20;
  private static final AtomicBoolean RUNNING = new AtomicBoolean();

  private final CloseableStack closeables = new CloseableStack();
  private final CountDownLatch startEnded = new CountDownLatch(1);
  private final Thread shutdownHook = new Thread(this::closeAtShutdown, "arena-shutdown");
  private final StackParts parts;
  private boolean closed;

  /**
   * Starts a stack; it serves requests when this returns.
   *
   * @throws StateDirectoryInUse if another stack uses the state directory
   * @throws PortUnavailable if no suitable port is free
   * @throws NotBuilt if the code of a function is missing
   * @throws arena.local.template.InvalidTemplate if the template is invalid or not supported
   * @throws arena.local.backing.BackingFailed if a backing server does not start
   * @throws IllegalStateException if this process already has a stack
   */
  public static LocalStack start(Options options) {
    if (!RUNNING.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "this process already has a local stack; close it before starting another");
    }
    try {
      return new LocalStack(options);
    } catch (RuntimeException | Error e) {
      RUNNING.set(false);
      throw e;
    }
  }

  private LocalStack(Options options) {
    ProcessOutput.install();
    Telemetry.prepare();
    // Registered first: a shutdown during the start must stop the parts that are already running.
    Runtime.getRuntime().addShutdownHook(shutdownHook);
    try {
      parts = new StackStartup(options, closeables).start();
    } catch (IOException e) {
      close();
      throw new UncheckedIOException("failed to start the local stack", e);
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    } finally {
      startEnded.countDown();
    }
  }

  /** Waits until this process has no stack. */
  static void awaitClosed(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (RUNNING.get() && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(CLOSED_POLL_MILLIS);
    }
  }

  private void closeAtShutdown() {
    try {
      if (!startEnded.await(START_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        System.getLogger(LocalStack.class.getName())
            .log(System.Logger.Level.WARNING, "the stack is still starting after {0}", START_LIMIT);
      }
      close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- addresses

  /** Returns the URL of the HTTP API: {@code http://localhost:<port>}. */
  public URI httpUrl() {
    return URI.create("http://" + parts.loopback() + ":" + parts.gateway().port());
  }

  /** Returns the URL of the WebSocket API: {@code ws://localhost:<port>/live}. */
  public URI webSocketUrl() {
    return URI.create("ws://" + parts.loopback() + ":" + parts.gateway().port() + "/" + STAGE);
  }

  /** Returns the host of Redis. */
  public String redisHost() {
    return RedisNode.HOST;
  }

  /** Returns the port of Redis. */
  public int redisPort() {
    return parts.redis().port();
  }

  /** Returns the password of Redis. */
  public String redisPassword() {
    return parts.redis().password();
  }

  /** Returns the credentials that the services of this stack accept for all calls. */
  public Credentials credentials() {
    return parts.authorizer().administrator().orElseThrow();
  }

  /** Returns the file with these credentials, as {@code AWS_SHARED_CREDENTIALS_FILE} names it. */
  public Path credentialsFile() {
    return parts.home().credentialsFile();
  }

  /** Returns the URL of DynamoDB. */
  public URI dynamoDbUrl() {
    return parts.stores().dynamoDb();
  }

  /** Returns the URL of S3, with path style. */
  public URI s3Url() {
    return parts.stores().s3();
  }

  /**
   * Returns the URL of Lambda, Step Functions, CloudWatch Logs, ElastiCache and the connections of
   * the WebSocket API.
   */
  public URI lambdaAndStepFunctionsUrl() {
    return parts.awsEndpoint().uri();
  }

  // ---- resources

  /**
   * Returns the name of a resource by its id in the template; for a state machine, its ARN.
   *
   * @throws IllegalArgumentException if the stack hosts no such resource
   */
  public String resource(String id) {
    String name = plan().names().get(id);
    if (name == null) {
      throw new IllegalArgumentException("the stack hosts no resource " + id);
    }
    return name;
  }

  /** Returns the resources that the stack hosts. */
  public StackPlan plan() {
    return parts.plan();
  }

  /**
   * Creates a token for an hour.
   *
   * @return the token, which cannot be read again
   */
  public String createToken(Role role, String label) {
    return createToken(role, label, Duration.ofHours(1));
  }

  /**
   * Creates a token with a lifetime.
   *
   * @return the token, which cannot be read again
   */
  public String createToken(Role role, String label, Duration lifetime) {
    try (TokenTable table = tokens()) {
      return new Tokens(table.store(), InstantSource.system(), new SecureRandom())
          .create(role, label, lifetime)
          .text();
    }
  }

  /** Switches whether callers need tokens; see {@link Options#authorization}. */
  public void requireTokens(boolean required) {
    parts.gateway().authorize(required);
  }

  /** Opens the table of tokens. */
  public TokenTable tokens() {
    return TokenTable.local(
        dynamoDbUrl(),
        StaticCredentialsProvider.create(
            AwsBasicCredentials.create(
                credentials().accessKeyId(), credentials().secretAccessKey())),
        resource("AccessTable"));
  }

  /** Returns the log of a function, by its name with or without the stack's name. */
  public Path log(String function) {
    return parts.host().log(functionName(function));
  }

  /** Returns the folder of all logs. */
  public Path logs() {
    return parts.home().logs();
  }

  /** Returns the state directory. */
  public Path home() {
    return parts.home().folder();
  }

  // ---- functions

  /**
   * Invokes a function and waits for its response, at most 5 minutes.
   *
   * @param function its name, with or without the stack's name, or its ARN
   * @param event JSON
   * @throws arena.local.lambda.InvokeFault if the function does not run
   * @throws TimeoutException if there is no response within 5 minutes
   * @throws InterruptedException if the caller is interrupted while it waits
   */
  public Invocation invoke(String function, String event)
      throws TimeoutException, InterruptedException {
    return parts.host().invoke(functionName(function), event, INVOKE_TIMEOUT);
  }

  /**
   * Returns the environment variables with which a function in a separate process uses this stack's
   * services.
   *
   * @param function its name, with or without the stack's name
   */
  public Map<String, String> environment(String function) {
    return parts.host().environment(functionName(function));
  }

  /**
   * Kills the processes in which a function handles such events, as {@code kill -9} does; see
   * {@link Options#inProcess}.
   *
   * @param function its name, with or without the stack's name
   * @return the number of killed processes
   */
  public int kill(String function, Predicate<String> event) {
    return parts.host().kill(functionName(function), event);
  }

  /**
   * Lets the functions have only so many concurrent invocations, as if others of the account used
   * the rest; see {@link Options#concurrency}.
   *
   * @return ends this when it is run, which must be once
   */
  public Runnable leaveConcurrency(int invocations) {
    return parts.host().occupy(FunctionHost.DEFAULT_CONCURRENCY - invocations);
  }

  /**
   * Returns the peak memory of a function's running processes, in bytes; see {@link
   * Options#inProcess}.
   *
   * @return empty if none runs, or the system does not report it
   */
  public OptionalLong peakBytes(String function) {
    return parts.host().peakBytes(functionName(function));
  }

  /**
   * Loads changed code for new invocations: that of the functions as it is built now, and the
   * layer's in this folder, which must not change. Running invocations continue.
   */
  public void reload(Path layerClasses) {
    parts.host().reload(layerClasses);
  }

  private String functionName(String function) {
    String qualified = NAME + "-" + function;
    return parts.host().find(qualified).isPresent() ? qualified : function;
  }

  /** Returns the number of events that wait for an asynchronous invocation. */
  public int waitingEvents() {
    return parts.host().waitingEvents();
  }

  /**
   * Removes a statement from the role of a function or of the state machine.
   *
   * @param holder its name, with or without the stack's name
   * @param sid the statement
   * @return restores the role
   */
  public Runnable revoke(String holder, String sid) {
    return parts.authorizer().revoke(holder.startsWith(NAME) ? holder : NAME + "-" + holder, sid);
  }

  // ---- stores

  /** Deletes expired items now; this also happens every minute. */
  public void expire() {
    parts.stores().expire(parts.clock().now());
  }

  /** Kills Redis, as a crash does, and holds it down until {@link #restartRedis}. */
  public void killRedis() {
    parts.redis().kill();
    parts.elastiCache().addEvent("Cache node failed");
  }

  /**
   * Restarts a killed Redis on the same port, with its data on disk.
   *
   * @throws IllegalStateException if Redis is running, or the stack is closed
   */
  public synchronized void restartRedis() {
    if (closed) {
      throw new IllegalStateException("the stack is closed");
    }
    parts.redis().start();
    parts.elastiCache().addEvent("Cache node restarted");
  }

  /** Closes the socket of DynamoDB, as a crash of its server does; it is restarted by itself. */
  public void crashDynamoDb() {
    parts.stores().crashDynamoDb();
  }

  /** Closes the socket of S3, as a crash of its server does; it is restarted by itself. */
  public void crashS3() {
    parts.stores().crashS3();
  }

  /**
   * Stops all parts, as the shutdown of the JVM also does. The state remains, unless its directory
   * is temporary. Idempotent.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      closeables.close();
    } finally {
      RUNNING.set(false);
      try {
        Runtime.getRuntime().removeShutdownHook(shutdownHook);
      } catch (IllegalStateException e) {
        // The JVM is shutting down.
      }
    }
  }
}
