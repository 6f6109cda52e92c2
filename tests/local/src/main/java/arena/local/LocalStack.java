package arena.local;

import arena.local.aws.AwsEndpoint;
import arena.local.backing.BackingFailed;
import arena.local.backing.LocalDynamoDb;
import arena.local.backing.LocalRedis;
import arena.local.backing.LocalS3;
import arena.local.cache.ElastiCacheApi;
import arena.local.clock.StackClock;
import arena.local.clock.SystemStackClock;
import arena.local.gateway.Gateway;
import arena.local.lambda.FunctionDefinition;
import arena.local.lambda.FunctionHost;
import arena.local.lambda.Invocation;
import arena.local.log.LogFile;
import arena.local.log.LogGroups;
import arena.local.log.ProcessOutput;
import arena.local.schedule.Schedules;
import arena.local.states.HostedFunctions;
import arena.local.states.StateMachine;
import arena.local.states.StepFunctions;
import arena.local.template.Deployment;
import arena.local.template.StackPlan;
import arena.local.template.StateMachineDefinition;
import arena.local.template.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * A running local stack. One a process, because its functions find AWS by the process's system
 * properties.
 *
 * <pre>{@code
 * try (LocalStack stack = LocalStack.start(Options.of(Path.of("../..")))) {
 *   HttpRequest.newBuilder(stack.httpUrl().resolve("/health"));
 * }
 * }</pre>
 */
public final class LocalStack implements AutoCloseable {
  /** The name of the stack, which the names of its resources start with. */
  public static final String NAME = "arena";

  private static final String STAGE = "live";

  /** Id of the broker's replication group: its {@code Ref} in the template. */
  private static final String CACHE_ID = "Cache";

  private static final String REDIS_HOST = "127.0.0.1";
  private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);
  private static final Duration INVOKE_PATIENCE = Duration.ofMinutes(5);
  private static final Duration END_PATIENCE = Duration.ofSeconds(60);
  private static final int MAX_REDIS_STARTS = 3;
  private static final int CLOSED_POLL_MILLIS = 20;
  private static final AtomicBoolean RUNNING = new AtomicBoolean();

  private final Options options;
  private final CloseableStack parts = new CloseableStack();
  private final CountDownLatch settled = new CountDownLatch(1);
  private final Thread endWithJvm = new Thread(this::endWithJvm, "arena-end");
  private final StateDirectory home;
  private final StackClock clock;
  private final LogFile log;
  private final String loopback = LoopbackHost.name();
  private final Gateway gateway;
  private final AwsEndpoint awsEndpoint;
  private final AtomicReference<LocalRedis> redis = new AtomicReference<>();
  private final BackingStores stores;
  private final StackPlan plan;
  private final FunctionHost host;
  private final ElastiCacheApi elastiCache;
  private boolean closed;

  /**
   * Starts a stack; it serves when this returns.
   *
   * @throws StateDirectoryInUse if another stack works in the folder
   * @throws PortUnavailable if no port that would do is free
   * @throws NotBuilt if a function's code is not there
   * @throws arena.local.template.InvalidTemplate if the template cannot be hosted
   * @throws arena.local.backing.BackingFailed if a server under the stack does not start
   * @throws IllegalStateException if this process has a stack already
   */
  public static LocalStack start(Options options) {
    if (!RUNNING.compareAndSet(false, true)) {
      throw new IllegalStateException(
          "this process has a local stack already; close it before another is started");
    }
    try {
      return new LocalStack(options);
    } catch (RuntimeException | Error e) {
      RUNNING.set(false);
      throw e;
    }
  }

  private LocalStack(Options options) {
    this.options = options;
    ProcessOutput.install();
    Telemetry.prepare();
    // From the start: what is half started when the JVM is told to end must be stopped too.
    Runtime.getRuntime().addShutdownHook(endWithJvm);
    ExecutorService starting = Executors.newVirtualThreadPerTaskExecutor();
    try {
      home = parts.add(StateDirectory.take(options.home()));
      log = parts.add(new LogFile(home.logs().resolve("stack.log")));
      if (options.capturesOutput()) {
        ProcessOutput.everythingElseTo(log);
        parts.add(() -> ProcessOutput.everythingElseTo(null));
      }
      clock = options.clock().orElseGet(() -> parts.add(new SystemStackClock()));
      CompletableFuture<BackingStores> storesStarting = startStores(starting);
      CompletableFuture<LocalRedis> redisStarting =
          timed(
              starting,
              "Redis",
              () -> {
                redis.set(startRedis());
                // whichever works then: see restartRedis
                parts.add(() -> redis.get().close());
                return redis.get();
              });
      gateway =
          Ports.onFree(
              options.port(),
              options.insistsOnPort(),
              "ARENA_PORT",
              options.progress(),
              port -> parts.add(Gateway.start(port, STAGE)));
      awsEndpoint = parts.add(AwsEndpoint.start());
      joined(redisStarting);
      plan =
          Template.read(options.root().resolve("template.yaml"))
              .resolve(options.parameters(), deployment());
      requireBuilt();
      stores = joined(storesStarting);
      createStores(starting);
      SdkSettings settings =
          parts.add(
              SdkSettings.set(
                  options.identity(),
                  options.inFrontOf(Options.Service.DYNAMODB, stores.dynamoDb()),
                  options.inFrontOf(Options.Service.S3, stores.s3()),
                  options.inFrontOf(Options.Service.LAMBDA_AND_STEP_FUNCTIONS, awsEndpoint.uri())));
      host =
          parts.add(
              new FunctionHost(
                  plan.functions(),
                  home.logs(),
                  clock,
                  FunctionHost.DEFAULT_SANDBOXES,
                  options.inProcess(),
                  settings.environment()));
      StepFunctions states = stepFunctions();
      elastiCache = new ElastiCacheApi(CACHE_ID, () -> redis.get().alive(), clock::now);
      elastiCache.note("Cache node started");
      awsEndpoint.serve(
          host,
          Map.of(
              StepFunctions.TARGET_PREFIX,
              states,
              LogGroups.TARGET_PREFIX,
              new LogGroups(host.logs()),
              ElastiCacheApi.VERSION,
              elastiCache));
      DiskSpace space = parts.add(DiskSpace.watch(home.folder(), this::report));
      gateway.refuseWritesWhile(space::full);
      gateway.serve(plan.httpApi(), plan.webSocketApi(), host, clock, home.logs());
      // Executions that were under way go on from here.
      parts.add(states).start();
      parts.add(
          Schedules.start(
              plan.schedules(), host, clock, Deployment.REGION, Deployment.ACCOUNT, log));
      parts.add(new ExpirySweeper(clock, SWEEP_EVERY, stores::expire, log).start());
      parts.add(gateway::stopServing);
      home.recordUrl(httpUrl());
    } catch (IOException e) {
      stopAfter(starting);
      throw new UncheckedIOException("the local stack did not start", e);
    } catch (RuntimeException | Error e) {
      stopAfter(starting);
      throw e;
    } finally {
      starting.close();
      settled.countDown();
    }
  }

  /** Waits until this process has no stack. */
  static void awaitClosed(Duration limit) throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (RUNNING.get() && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(CLOSED_POLL_MILLIS);
    }
  }

  private void report(String line) {
    options.progress().accept(line);
    log.line(line);
  }

  /** What is still starting is stopped too, once it has. */
  private void stopAfter(ExecutorService starting) {
    starting.close();
    close();
  }

  private void endWithJvm() {
    try {
      if (!settled.await(END_PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        System.Logger.Level level = System.Logger.Level.WARNING;
        System.getLogger(LocalStack.class.getName())
            .log(level, "the stack is still starting after {0}", END_PATIENCE);
      }
      close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the parts

  private <T> CompletableFuture<T> timed(ExecutorService starting, String part, Supplier<T> start) {
    return CompletableFuture.supplyAsync(
        () -> {
          long begun = System.nanoTime();
          T started = start.get();
          options
              .progress()
              .accept(
                  String.format(
                      Locale.ROOT, "%s after %.1f s", part, (System.nanoTime() - begun) / 1e9));
          return started;
        },
        starting);
  }

  private static <T> T joined(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }

  private CompletableFuture<BackingStores> startStores(ExecutorService starting) {
    Optional<URI> elsewhere = options.awsEndpoint();
    if (elsewhere.isPresent()) {
      return CompletableFuture.completedFuture(
          new BackingStores.Elsewhere(elsewhere.get(), options.identity()));
    }
    Path folder = home.folder();
    return timed(
            starting,
            "DynamoDB",
            () ->
                parts.add(
                    home.temporary()
                        ? LocalDynamoDb.inMemory()
                        : LocalDynamoDb.start(folder.resolve("dynamodb"), 0)))
        .thenCombine(
            timed(
                starting,
                "S3",
                () ->
                    parts.add(
                        LocalS3.start(
                            folder.resolve("s3"),
                            0,
                            options.identity().accessKeyId(),
                            options.identity().secretAccessKey()))),
            BackingStores.Own::new);
  }

  private LocalRedis startRedis() {
    Path folder = redisFolder();
    LocalRedis.endLeftOver(folder);
    String password = options.redisPassword().orElseGet(home::redisPassword);
    int tries = options.redisPort() == 0 ? MAX_REDIS_STARTS : 1;
    for (int tried = 1; ; tried++) {
      int port =
          Ports.onFree(
              options.redisPort(),
              options.insistsOnRedisPort(),
              "ARENA_REDIS_PORT",
              options.progress(),
              Ports::free);
      try {
        LocalRedis started = LocalRedis.start(folder, port, password);
        started.leavesItsEndToItsOwner();
        return started;
      } catch (BackingFailed e) {
        // Another program may have taken a port that was free just now.
        if (tried == tries) {
          throw e;
        }
      }
    }
  }

  private Path redisFolder() {
    return home.folder().resolve("redis");
  }

  private Deployment deployment() {
    Map<String, String> environment = new HashMap<>(options.environment());
    // The Redis at hand speaks plain text, on loopback.
    environment.put("REDIS_TLS", "false");
    URI connections = options.inFrontOf(Options.Service.CONNECTIONS, httpUrl());
    if (!connections.equals(httpUrl())) {
      environment.put("ARENA_WEBSOCKET_ENDPOINT", connections + "/" + STAGE);
    }
    URI cache =
        options.inFrontOf(
            Options.Service.REDIS, URI.create("redis://" + REDIS_HOST + ":" + redisPort()));
    return new Deployment(
        NAME,
        "http://" + loopback + ":" + gateway.port(),
        "ws://" + loopback + ":" + gateway.port(),
        cache.getHost(),
        cache.getPort(),
        redisPassword(),
        secret -> Optional.empty(),
        environment);
  }

  private void requireBuilt() {
    List<String> missing =
        plan.functions().stream()
            .map(FunctionDefinition::code)
            .filter(code -> !Files.exists(code))
            .map(Path::toString)
            .toList();
    if (!missing.isEmpty()) {
      throw new NotBuilt(
          "these are not built: "
              + String.join(", ", missing)
              + "; build with ./arena build (or mvn package)");
    }
  }

  private void createStores(ExecutorService starting) {
    List<CompletableFuture<?>> made = new ArrayList<>();
    plan.tables()
        .forEach(
            table -> made.add(CompletableFuture.runAsync(() -> stores.create(table), starting)));
    plan.buckets()
        .forEach(
            bucket ->
                made.add(CompletableFuture.runAsync(() -> stores.createBucket(bucket), starting)));
    made.forEach(LocalStack::joined);
  }

  private StepFunctions stepFunctions() throws IOException {
    List<StateMachine> machines = new ArrayList<>();
    for (StateMachineDefinition machine : plan.stateMachines()) {
      String definition = Files.readString(machine.definition());
      for (Map.Entry<String, String> one : machine.substitutions().entrySet()) {
        definition = definition.replace("${" + one.getKey() + "}", one.getValue());
      }
      machines.add(
          new StateMachine(
              machine.name(),
              machine.arn(),
              "arn:aws:iam::" + Deployment.ACCOUNT + ":role/" + machine.name(),
              definition));
    }
    return new StepFunctions(
        home.folder().resolve("states"), machines, new HostedFunctions(host), clock, new Random());
  }

  // ---- the public face

  /** Where the HTTP API answers: {@code http://localhost:<port>}. */
  public URI httpUrl() {
    return URI.create("http://" + loopback + ":" + gateway.port());
  }

  /** Where the WebSocket API answers: {@code ws://localhost:<port>/live}. */
  public URI webSocketUrl() {
    return URI.create("ws://" + loopback + ":" + gateway.port() + "/" + STAGE);
  }

  /** Where Redis is. */
  public String redisHost() {
    return REDIS_HOST;
  }

  /** Where Redis is. */
  public int redisPort() {
    return redis.get().port();
  }

  /** What opens Redis. */
  public String redisPassword() {
    return redis.get().password();
  }

  /** Where DynamoDB answers; any credentials do. */
  public URI dynamoDbUrl() {
    return stores.dynamoDb();
  }

  /** Where S3 answers, for the identity of the options; path style. */
  public URI s3Url() {
    return stores.s3();
  }

  /** Where Lambda, Step Functions and CloudWatch Logs answer; any credentials do. */
  public URI lambdaAndStepFunctionsUrl() {
    return awsEndpoint.uri();
  }

  /**
   * The name of a resource (of a state machine its ARN), by its id in the template.
   *
   * @throws IllegalArgumentException if the stack hosts none of this id
   */
  public String resource(String id) {
    String name = plan.names().get(id);
    if (name == null) {
      throw new IllegalArgumentException("the stack hosts no " + id);
    }
    return name;
  }

  /** What the template gave the stack to host. */
  public StackPlan plan() {
    return plan;
  }

  /**
   * Invokes a function and waits for its answer, 5 minutes at most.
   *
   * @param function its name, with or without the stack's name before it, or its ARN
   * @param event JSON
   * @throws arena.local.lambda.InvokeFault if the function does not run
   * @throws TimeoutException if there is no answer within 5 minutes
   * @throws InterruptedException if the caller is interrupted meanwhile
   */
  public Invocation invoke(String function, String event)
      throws TimeoutException, InterruptedException {
    return host.invoke(named(function), event, INVOKE_PATIENCE);
  }

  /**
   * Kills the processes in which a function is at work on such events, as {@code kill -9} does: see
   * {@link Options#inProcess}.
   *
   * @param function its name, with or without the stack's name before it
   * @return how many were killed
   */
  public int kill(String function, Predicate<String> event) {
    return host.kill(named(function), event);
  }

  /**
   * Has new invocations run changed code: the functions' as it is built now, and the layer's in
   * this folder, which must not change. Invocations that run, and runs, go on.
   */
  public void reload(Path layerClasses) {
    host.reload(layerClasses);
  }

  private String named(String function) {
    String whole = NAME + "-" + function;
    return host.find(whole).isPresent() ? whole : function;
  }

  /** How many events wait to be given to functions in the background. */
  public int waitingEvents() {
    return host.waitingEvents();
  }

  /** The log of a function, by its name with or without the stack's name before it. */
  public Path log(String function) {
    return host.log(named(function));
  }

  /** The folder of all logs. */
  public Path logs() {
    return home.logs();
  }

  /** The folder of the stack's state. */
  public Path home() {
    return home.folder();
  }

  /** Lets expired items go now, as it happens every minute by itself. */
  public void expire() {
    stores.expire(clock.now());
  }

  /** Kills Redis, as a crash would; it stays away until {@link #restartRedis}. */
  public void killRedis() {
    redis.get().kill();
    elastiCache.note("Cache node failed");
  }

  /**
   * Starts Redis again where it was, with what it had on disk.
   *
   * @throws IllegalStateException if it was not killed, or the stack is closed
   */
  public synchronized void restartRedis() {
    LocalRedis gone = redis.get();
    if (closed || gone.alive()) {
      throw new IllegalStateException("only a Redis that was killed is started again");
    }
    LocalRedis again = LocalRedis.start(redisFolder(), gone.port(), gone.password());
    again.leavesItsEndToItsOwner();
    redis.set(again);
    elastiCache.note("Cache node restarted");
  }

  /**
   * Stops everything, as the end of the JVM does too; state stays, unless its folder was a
   * temporary one. Twice does no harm.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      parts.close();
    } finally {
      RUNNING.set(false);
      try {
        Runtime.getRuntime().removeShutdownHook(endWithJvm);
      } catch (IllegalStateException e) {
        // it is that very hook, or beside it
      }
    }
  }
}
