package arena.local;

import arena.local.aws.AwsEndpoint;
import arena.local.backing.LocalDynamoDb;
import arena.local.backing.LocalS3;
import arena.local.cache.ElastiCacheApi;
import arena.local.clock.StackClock;
import arena.local.clock.SystemStackClock;
import arena.local.gateway.Gateway;
import arena.local.iam.Authorizer;
import arena.local.iam.Credentials;
import arena.local.iam.Role;
import arena.local.iam.UsedRights;
import arena.local.lambda.FunctionDefinition;
import arena.local.lambda.FunctionHost;
import arena.local.log.LogFile;
import arena.local.log.LogGroups;
import arena.local.log.ProcessOutput;
import arena.local.schedule.Schedules;
import arena.local.states.HostTaskInvoker;
import arena.local.states.StateMachine;
import arena.local.states.StepFunctions;
import arena.local.states.StepFunctionsApi;
import arena.local.template.Deployment;
import arena.local.template.StackPlan;
import arena.local.template.StateMachineDefinition;
import arena.local.template.Template;
import java.io.IOException;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * Starts the parts of a stack. The backing servers start concurrently; everything else follows the
 * order of dependencies in {@link #start(ExecutorService)}. Each part is added to the closeables as
 * soon as it runs, so that a failed start can be undone.
 */
final class StackStartup {
  /** Id of the broker's replication group: its {@code Ref} in the template. */
  private static final String CACHE_ID = "Cache";

  /** The system property with the file in which used rights are recorded. */
  private static final String USED_RIGHTS = "arena.used.rights";

  private static final Duration SWEEP_INTERVAL = Duration.ofMinutes(1);

  private final Options options;
  private final CloseableStack closeables;
  private final boolean given;
  private final Authorizer authorizer;

  /** The credentials of this process and of the functions that have no others. */
  private CallerIdentity identity;

  StackStartup(Options options, CloseableStack closeables) {
    this.options = options;
    this.closeables = closeables;
    given = !options.identity().equals(CallerIdentity.LOCAL);
    String record = System.getProperty(USED_RIGHTS, "");
    authorizer =
        record.isBlank() ? new Authorizer() : new Authorizer(new UsedRights(Path.of(record)));
  }

  /** Starts all parts. When it throws, no part is still starting. */
  StackParts start() throws IOException {
    try (ExecutorService starting = Executors.newVirtualThreadPerTaskExecutor()) {
      return start(starting);
    }
  }

  private StackParts start(ExecutorService starting) throws IOException {
    StateDirectory home = closeables.add(StateDirectory.take(options.home(), options.progress()));
    identity =
        given && options.awsEndpoint().isPresent()
            ? options.identity()
            : options.identity().with(home.credentials());
    authorizer.requireSignatures(identity.credentials());
    LogFile log = closeables.add(new LogFile(home.logs().resolve("stack.log")));
    if (options.capturesOutput()) {
      ProcessOutput.redirectOthers(log);
      closeables.add(() -> ProcessOutput.redirectOthers(null));
    }
    StackClock clock = options.clock().orElseGet(() -> closeables.add(new SystemStackClock()));
    CompletableFuture<BackingStores> storesStarting = startStores(home, starting);
    CompletableFuture<RedisNode> redisStarting =
        timed(starting, "Redis", () -> closeables.add(startRedis(home)));
    Gateway gateway =
        Ports.onFree(
            options.port(),
            options.portRequired(),
            "ARENA_PORT",
            options.progress(),
            port -> closeables.add(Gateway.start(port, LocalStack.STAGE, authorizer)));
    AwsEndpoint awsEndpoint = closeables.add(AwsEndpoint.start(authorizer));
    String loopback = LoopbackHost.name();
    RedisNode redis = joined(redisStarting);
    BackingStores stores = joined(storesStarting);
    StackPlan plan =
        Template.read(options.root().resolve("template.yaml"))
            .resolve(parameters(), deployment(loopback, gateway, awsEndpoint, redis, stores));
    requireBuilt(plan);
    createResources(plan, stores, starting);
    FunctionHost host = startFunctions(plan, home, clock, stores, awsEndpoint);
    StepFunctions states = stepFunctions(plan, home, clock, host);
    ElastiCacheApi elastiCache = new ElastiCacheApi(CACHE_ID, redis::alive, clock::now);
    elastiCache.addEvent("Cache node started");
    awsEndpoint.serve(
        host,
        Map.of(
            StepFunctionsApi.TARGET_PREFIX,
            new StepFunctionsApi(states),
            LogGroups.TARGET_PREFIX,
            new LogGroups(host.logs()),
            ElastiCacheApi.VERSION,
            elastiCache));
    DiskSpace space = closeables.add(DiskSpace.watch(home.folder(), line -> report(line, log)));
    gateway.refuseWritesWhile(space::full);
    gateway.serve(
        plan.httpApi(), plan.webSocketApi(), host, options.authorization(), clock, home.logs());
    awsEndpoint.serveConnections(gateway.connections());
    // Open executions continue from here, so everything that they call must be served by now.
    closeables.add(states).start();
    closeables.add(
        Schedules.start(plan.schedules(), host, clock, Deployment.REGION, Deployment.ACCOUNT, log));
    closeables.add(new ExpirySweeper(clock, SWEEP_INTERVAL, stores::expire, log).start());
    // Closed second: clients are disconnected while their functions can still run.
    closeables.add(gateway::stopServing);
    // Closed first: nothing is restarted while the stack stops.
    Supervisor supervisor = closeables.add(new Supervisor(line -> report(line, log)));
    redis.onRestart(elastiCache::addEvent);
    supervisor.supervise(redis);
    stores.parts().forEach(supervisor::supervise);
    home.recordDynamoDb(stores.dynamoDb());
    home.recordUrl(URI.create("http://" + loopback + ":" + gateway.port()));
    return new StackParts(
        home,
        loopback,
        clock,
        gateway,
        awsEndpoint,
        redis,
        elastiCache,
        stores,
        plan,
        host,
        authorizer);
  }

  private void report(String line, LogFile log) {
    options.progress().accept(line);
    log.line(line);
  }

  // ---- backing servers

  private <T> CompletableFuture<T> timed(ExecutorService starting, String part, Supplier<T> start) {
    return CompletableFuture.supplyAsync(
        () -> {
          long startNanos = System.nanoTime();
          T started = start.get();
          double seconds = (System.nanoTime() - startNanos) / 1e9;
          options.progress().accept(String.format(Locale.ROOT, "%s after %.1f s", part, seconds));
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

  private CompletableFuture<BackingStores> startStores(
      StateDirectory home, ExecutorService starting) {
    Optional<URI> external = options.awsEndpoint();
    if (external.isPresent()) {
      return CompletableFuture.completedFuture(
          new BackingStores.External(external.get(), identity));
    }
    CompletableFuture<LocalDynamoDb> dynamoDb =
        timed(starting, "DynamoDB", () -> closeables.add(startDynamoDb(home)));
    CompletableFuture<LocalS3> s3 = timed(starting, "S3", () -> closeables.add(startS3(home)));
    return dynamoDb.thenCombine(s3, BackingStores.Own::new);
  }

  private LocalDynamoDb startDynamoDb(StateDirectory home) {
    return home.temporary()
        ? LocalDynamoDb.inMemory(authorizer)
        : LocalDynamoDb.start(home.folder().resolve("dynamodb"), 0, authorizer);
  }

  private LocalS3 startS3(StateDirectory home) {
    return LocalS3.start(
        home.folder().resolve("s3"),
        0,
        identity.accessKeyId(),
        identity.secretAccessKey(),
        authorizer);
  }

  private RedisNode startRedis(StateDirectory home) {
    String password = options.redisPassword().orElseGet(home::redisPassword);
    return RedisNode.start(home.folder().resolve("redis"), password, options);
  }

  // ---- the template's resources

  /** The parameters, with the models that a user may call with own credentials. */
  private Map<String, String> parameters() {
    Map<String, String> parameters = new HashMap<>(options.parameters());
    parameters.putIfAbsent("BedrockModels", "*"); // a deployment names what may be spent on
    return parameters;
  }

  private Deployment deployment(
      String loopback,
      Gateway gateway,
      AwsEndpoint awsEndpoint,
      RedisNode redis,
      BackingStores stores) {
    URI http = URI.create("http://" + loopback + ":" + gateway.port());
    Map<String, String> environment = new HashMap<>(options.environment());
    // The local Redis has no TLS.
    environment.put("REDIS_TLS", "false");
    URI connections = options.proxied(Options.Service.CONNECTIONS, awsEndpoint.uri());
    environment.put("ARENA_WEBSOCKET_ENDPOINT", connections + "/" + LocalStack.STAGE);
    environment.put(
        "ARENA_PAYLOAD_ORIGIN", options.proxied(Options.Service.S3, stores.s3()).toString());
    environment.put("ARENA_TOKEN_REQUIRED", Boolean.toString(options.authorization()));
    URI cache =
        options.proxied(
            Options.Service.REDIS, URI.create("redis://" + RedisNode.HOST + ":" + redis.port()));
    return new Deployment(
        LocalStack.NAME,
        http.toString(),
        "ws://" + loopback + ":" + gateway.port(),
        cache.getHost(),
        cache.getPort(),
        redis.password(),
        _ -> Optional.empty(),
        environment);
  }

  private static void requireBuilt(StackPlan plan) {
    List<String> missing =
        plan.functions().stream()
            .map(FunctionDefinition::code)
            .filter(code -> !Files.exists(code))
            .map(Path::toString)
            .toList();
    if (!missing.isEmpty()) {
      throw new NotBuilt(
          "not built: " + String.join(", ", missing) + "; run ./arena build (or mvn package)");
    }
  }

  private static void createResources(
      StackPlan plan, BackingStores stores, ExecutorService starting) {
    List<CompletableFuture<?>> created = new ArrayList<>();
    plan.tables()
        .forEach(
            table -> created.add(CompletableFuture.runAsync(() -> stores.create(table), starting)));
    plan.buckets()
        .forEach(
            bucket ->
                created.add(CompletableFuture.runAsync(() -> stores.create(bucket), starting)));
    created.forEach(StackStartup::joined);
  }

  private FunctionHost startFunctions(
      StackPlan plan,
      StateDirectory home,
      StackClock clock,
      BackingStores stores,
      AwsEndpoint awsEndpoint) {
    SdkSettings settings =
        closeables.add(
            SdkSettings.set(
                identity,
                options.proxied(Options.Service.DYNAMODB, stores.dynamoDb()),
                options.proxied(Options.Service.S3, stores.s3()),
                options.proxied(Options.Service.LAMBDA_AND_STEP_FUNCTIONS, awsEndpoint.uri()),
                options.modelService().map(_ -> awsEndpoint.uri())));
    options.modelService().ifPresent(awsEndpoint::forwardModels);
    return closeables.add(
        new FunctionHost(
            plan.functions(),
            home.logs(),
            clock,
            FunctionHost.DEFAULT_SANDBOXES,
            options.concurrency(),
            options.inProcess(),
            settings.environment(),
            credentials(plan)));
  }

  /**
   * Gives each function its role and credentials for it. Bedrock needs credentials that it knows:
   * the function that calls it has those of the options. External stores know no others at all, so
   * that nothing is refused.
   */
  private Map<String, Credentials> credentials(StackPlan plan) {
    Map<String, Credentials> credentials = new HashMap<>();
    if (options.awsEndpoint().isPresent()) {
      return credentials;
    }
    for (FunctionDefinition function : plan.functions()) {
      Role role = plan.roles().get(function.name());
      Credentials own =
          given && callsModels(role) ? options.identity().credentials() : Credentials.temporary();
      authorizer.add(role, own);
      credentials.put(function.name(), own);
    }
    return credentials;
  }

  private static boolean callsModels(Role role) {
    return role.rights().stream().anyMatch(right -> right.action().startsWith("bedrock:"));
  }

  private StepFunctions stepFunctions(
      StackPlan plan, StateDirectory home, StackClock clock, FunctionHost host) throws IOException {
    List<StateMachine> machines = new ArrayList<>();
    for (StateMachineDefinition machine : plan.stateMachines()) {
      String definition = Files.readString(machine.definition());
      for (Map.Entry<String, String> substitution : machine.substitutions().entrySet()) {
        definition =
            definition.replace("${" + substitution.getKey() + "}", substitution.getValue());
      }
      machines.add(
          new StateMachine(
              machine.name(),
              machine.arn(),
              "arn:aws:iam::" + Deployment.ACCOUNT + ":role/" + machine.name(),
              definition));
    }
    for (StateMachineDefinition machine : plan.stateMachines()) {
      Optional.ofNullable(plan.roles().get(machine.name())).ifPresent(authorizer::add);
    }
    return new StepFunctions(
        home.folder().resolve("states"),
        machines,
        machine -> new HostTaskInvoker(host, authorizer, machine),
        clock,
        new Random());
  }
}
