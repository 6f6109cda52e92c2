package arena.runtime;

import arena.agent.AgentResolver;
import arena.agent.ModelAgentResolver;
import arena.archive.Archive;
import arena.archive.DuckDb;
import arena.archive.DuckDbArchive;
import arena.broker.Broker;
import arena.broker.RedisBroker;
import arena.broker.RedisConnection;
import arena.broker.RedisInspection;
import arena.broker.RedisKeys;
import arena.broker.RedisSubscribers;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.catalog.DynamoCatalog;
import arena.diagnosis.ActiveReplays;
import arena.diagnosis.BugReport;
import arena.diagnosis.FactCollector;
import arena.diagnosis.FactSources;
import arena.diagnosis.LogSource;
import arena.diagnosis.Redactor;
import arena.diagnosis.StallThresholds;
import arena.idempotency.DynamoIdempotency;
import arena.idempotency.Idempotency;
import arena.journal.DynamoJournal;
import arena.lifecycle.CreateFork;
import arena.lifecycle.CreateRun;
import arena.lifecycle.FinalizeRun;
import arena.lifecycle.PlayTurn;
import arena.lifecycle.Publisher;
import arena.lifecycle.ReapConnections;
import arena.lifecycle.ReapOrphans;
import arena.lifecycle.ReapRuns;
import arena.lifecycle.ReplayExecutions;
import arena.lifecycle.RunQueries;
import arena.lifecycle.StartRun;
import arena.lifecycle.StopRun;
import arena.source.EventReader;
import arena.stream.Connections;
import arena.stream.DynamoConnections;
import arena.stream.FanOut;
import arena.stream.FanOutInvoker;
import arena.stream.Subscriptions;
import arena.stream.TaskRunner;
import arena.stream.VirtualThreadTaskRunner;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Map;
import software.amazon.awssdk.services.apigatewaymanagementapi.ApiGatewayManagementApiClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.elasticache.ElastiCacheClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.sfn.SfnClient;

/**
 * How the parts are put together in a function. Each is made when it is first needed, once a
 * sandbox; a function pays only for what it uses.
 */
public final class Services {
  private final Settings settings;
  private final EmfMetrics measures;
  private final Clock clock = Clock.systemUTC();
  private final TaskRunner tasks = new MdcTaskRunner(new VirtualThreadTaskRunner());

  private final Lazy<DynamoDbClient> dynamoDb = new Lazy<>(AwsClients::dynamoDb);
  private final Lazy<S3Client> s3 = new Lazy<>(AwsClients::s3);
  private final Lazy<S3Presigner> presigner = new Lazy<>(AwsClients::presigner);
  private final Lazy<LambdaClient> lambda = new Lazy<>(AwsClients::lambda);
  private final Lazy<SfnClient> stepFunctions = new Lazy<>(AwsClients::stepFunctions);
  private final Lazy<CloudWatchLogsClient> cloudWatchLogs = new Lazy<>(AwsClients::logs);
  private final Lazy<ElastiCacheClient> elastiCache = new Lazy<>(AwsClients::elastiCache);
  private final Lazy<ApiGatewayManagementApiClient> connectionsApi = new Lazy<>(this::makeApi);

  private final Lazy<RedisConnection> redis = new Lazy<>(this::makeRedis);
  private final Lazy<DynamoCatalog> catalog = new Lazy<>(this::makeCatalog);
  private final Lazy<DynamoJournal> journal = new Lazy<>(this::makeJournal);
  private final Lazy<Broker> broker = new Lazy<>(this::makeBroker);
  private final Lazy<Subscribers> subscribers = new Lazy<>(this::makeSubscribers);
  private final Lazy<Archive> archive = new Lazy<>(() -> makeArchive(s3.get()));
  private final Lazy<Connections> connections = new Lazy<>(this::makeConnections);
  private final Lazy<FanOutInvoker> notifier = new Lazy<>(this::makeNotifier);
  private final Lazy<AgentResolver> agents = new Lazy<>(this::makeAgents);
  private final Lazy<InstrumentedSender> gateway = new Lazy<>(this::makeGateway);
  private final Lazy<ReplayExecutions> replays = new Lazy<>(this::makeReplays);
  private final Lazy<LogSource> logSource = new Lazy<>(this::makeLogSource);

  private final Lazy<EventReader> source = new Lazy<>(this::makeSource);
  private final Lazy<Publisher> publisher = new Lazy<>(this::makePublisher);
  private final Lazy<StartRun> beginRun = new Lazy<>(this::makeBeginRun);
  private final Lazy<Idempotency> idempotency = new Lazy<>(this::makeIdempotency);
  private final Lazy<CreateRun> createRun = new Lazy<>(this::makeCreateRun);
  private final Lazy<CreateFork> createFork = new Lazy<>(this::makeCreateFork);
  private final Lazy<PlayTurn> playTurn = new Lazy<>(this::makePlayTurn);
  private final Lazy<FinalizeRun> finalizeRun = new Lazy<>(this::makeFinalizeRun);
  private final Lazy<ReapRuns> reapRuns = new Lazy<>(this::makeReapRuns);
  private final Lazy<ReapOrphans> reapStrays = new Lazy<>(this::makeReapStrays);
  private final Lazy<ReapConnections> reapConnections = new Lazy<>(this::makeReapConnections);
  private final Lazy<StopRun> stopRun = new Lazy<>(this::makeStopRun);
  private final Lazy<RedisInspection> inspection =
      new Lazy<>(() -> new RedisInspection(redis.get(), RedisKeys.plain()));
  private final Lazy<FactSources> sources = new Lazy<>(this::makeSources);
  private final Lazy<FactCollector> collector = new Lazy<>(this::makeCollector);
  private final Lazy<ActiveReplays> inFlight = new Lazy<>(this::makeInFlight);
  private final Lazy<BugReport> report = new Lazy<>(this::makeReport);
  private final Lazy<CreationRecorder> creationRecorder = new Lazy<>(this::makeBeginnings);
  private final Lazy<RunQueries> runQueries = new Lazy<>(this::makeRunReader);
  private final Lazy<Subscriptions> subscriptions = new Lazy<>(this::makeSubscriptions);
  private final Lazy<FanOut> fanOut = new Lazy<>(this::makeFanOut);

  /** Everything as this environment says; see {@link Settings}. */
  public Services(Map<String, String> environment) {
    settings = new Settings(environment);
    measures = new EmfMetrics(settings.metricsNamespace(), settings.service());
  }

  /** Logs and metrics of this function. */
  public Telemetry telemetry(String function) {
    return new Telemetry(function, settings.service(), measures);
  }

  /** The catalog. */
  public Catalog catalog() {
    return catalog.get();
  }

  /** The archive. */
  public Archive archive() {
    return archive.get();
  }

  /** Remembers requests that carry a key. */
  public Idempotency idempotency() {
    return idempotency.get();
  }

  /** Starts runs. */
  public CreateRun createRun() {
    return createRun.get();
  }

  /** Starts forks. */
  public CreateFork createFork() {
    return createFork.get();
  }

  /** Plays turns. */
  public PlayTurn playTurn() {
    return playTurn.get();
  }

  /** Ends runs. */
  public FinalizeRun finalizeRun() {
    return finalizeRun.get();
  }

  /** Ends runs for an operator. */
  public StopRun stopRun() {
    return stopRun.get();
  }

  /** Tells every replay in flight. */
  public ActiveReplays inFlight() {
    return inFlight.get();
  }

  /** Writes bug reports. */
  public BugReport report() {
    return report.get();
  }

  /** Notes how runs begin. */
  public CreationRecorder creationRecorder() {
    return creationRecorder.get();
  }

  /** Says what is the matter with a run. */
  public FactCollector collector() {
    return collector.get();
  }

  /** Frees the broker. */
  public ReapRuns reapRuns() {
    return reapRuns.get();
  }

  /** Frees the broker of what belongs to nobody. */
  public ReapOrphans reapStrays() {
    return reapStrays.get();
  }

  /** Forgets connections that are gone. */
  public ReapConnections reapConnections() {
    return reapConnections.get();
  }

  /** Reads runs. */
  public RunQueries runQueries() {
    return runQueries.get();
  }

  /** Serves WebSocket clients' messages. */
  public Subscriptions subscriptions() {
    return subscriptions.get();
  }

  /**
   * Sends what is new.
   *
   * @param wokenAt when it was asked to, from when on its lag counts
   */
  public FanOut fanOut(Instant wokenAt) {
    gateway.get().begin(wokenAt);
    return fanOut.get();
  }

  /** The functions' log lines. */
  public LogSource logSource() {
    return logSource.get();
  }

  private RedisConnection makeRedis() {
    return new RedisConnection(settings.redis());
  }

  private Broker makeBroker() {
    return new RedisBroker(redis.get(), RedisKeys.plain(), measures);
  }

  private Subscribers makeSubscribers() {
    return new InstrumentedSubscribers(
        new RedisSubscribers(redis.get(), RedisKeys.plain()), measures);
  }

  private LogSource makeLogSource() {
    return new CloudWatchLogSource(cloudWatchLogs, settings.logGroupPrefix());
  }

  private InstrumentedSender makeGateway() {
    return new InstrumentedSender(new ApiGatewaySender(connectionsApi), measures, clock);
  }

  private DynamoCatalog makeCatalog() {
    return new DynamoCatalog(dynamoDb.get(), settings.catalogTable());
  }

  private DynamoJournal makeJournal() {
    return new DynamoJournal(
        dynamoDb.get(),
        s3.get(),
        settings.journalTable(),
        settings.catalogTable(),
        settings.bucket());
  }

  /** The engine, costly to start, starts when a file is made or read: not to name an address. */
  private Archive makeArchive(S3Client client) {
    Path folder = Path.of(System.getProperty("java.io.tmpdir"), "arena-archive");
    return new DuckDbArchive(client, settings.bucket(), () -> DuckDb.in(folder), measures);
  }

  private Connections makeConnections() {
    return new DynamoConnections(dynamoDb.get(), settings.connectionsTable(), clock);
  }

  private FanOutInvoker makeNotifier() {
    return new LambdaFanOutInvoker(lambda, settings.streamFunction(), clock);
  }

  private AgentResolver makeAgents() {
    return new ModelAgentResolver(settings.environment());
  }

  private ApiGatewayManagementApiClient makeApi() {
    return AwsClients.connections(URI.create(settings.websocketEndpoint()));
  }

  private ReplayExecutions makeReplays() {
    return new StepFunctionsExecutions(stepFunctions, settings.stateMachineArn());
  }

  private EventReader makeSource() {
    return new EventReader(broker.get(), journal.get(), archive);
  }

  private Publisher makePublisher() {
    return new Publisher(broker.get(), journal.get(), catalog.get(), notifier.get());
  }

  private StartRun makeBeginRun() {
    return new StartRun(catalog.get(), journal.get(), broker.get(), replays.get(), clock);
  }

  private Idempotency makeIdempotency() {
    return new DynamoIdempotency(dynamoDb.get(), settings.idempotencyTable(), clock);
  }

  private CreateRun makeCreateRun() {
    return new CreateRun(beginRun.get(), clock);
  }

  private CreateFork makeCreateFork() {
    return new CreateFork(catalog.get(), source.get(), beginRun.get(), clock);
  }

  private PlayTurn makePlayTurn() {
    return new PlayTurn(journal.get(), publisher.get(), agents.get(), clock, measures);
  }

  private FinalizeRun makeFinalizeRun() {
    return new FinalizeRun(
        catalog.get(),
        journal.get(),
        makeArchive(AwsClients.patientS3()),
        broker.get(),
        publisher.get(),
        notifier.get(),
        clock);
  }

  private ReapRuns makeReapRuns() {
    return new ReapRuns(
        catalog.get(),
        broker.get(),
        subscribers.get(),
        connections.get(),
        replays.get(),
        new LambdaFinalizeInvoker(lambda, settings.finalizeFunction()),
        settings.grace(),
        clock);
  }

  private ReapOrphans makeReapStrays() {
    return new ReapOrphans(
        catalog.get(), broker.get(), subscribers.get(), connections.get(), settings.grace(), clock);
  }

  private ReapConnections makeReapConnections() {
    return new ReapConnections(connections.get(), subscribers.get(), gateway.get(), clock);
  }

  private StopRun makeStopRun() {
    return new StopRun(
        catalog.get(),
        replays.get(),
        new LambdaFinalizeInvoker(lambda, settings.finalizeFunction()),
        clock);
  }

  private FactSources makeSources() {
    return new AwsFactSources(
        catalog::get,
        journal::get,
        inspection,
        stepFunctions,
        settings.stateMachineArn(),
        new ElastiCacheStatus(elastiCache, settings.cacheId()));
  }

  private FactCollector makeCollector() {
    return new FactCollector(sources.get(), allowances(), settings.redis().redisCli(), clock);
  }

  private StallThresholds allowances() {
    return new StallThresholds(settings.modelTimeout(), settings.grace());
  }

  private ActiveReplays makeInFlight() {
    return new ActiveReplays(catalog.get(), sources.get(), allowances(), clock);
  }

  private BugReport makeReport() {
    return new BugReport(
        collector.get(),
        sources.get(),
        catalog.get(),
        new BugReport.ReportSources(
            logSource(),
            creationRecorder.get()::counters,
            inspection.get()::inRedisCliWords,
            () -> ComponentVersions.of(settings.environment(), inspection.get())),
        new Redactor(settings.secrets()),
        clock);
  }

  private CreationRecorder makeBeginnings() {
    return new CreationRecorder(catalog.get(), catalog.get(), broker.get());
  }

  private RunQueries makeRunReader() {
    return new RunQueries(catalog.get(), source.get(), journal.get(), archive, broker.get());
  }

  private Subscriptions makeSubscriptions() {
    return new Subscriptions(
        connections.get(),
        subscribers.get(),
        catalog.get(),
        notifier.get(),
        gateway.get(),
        clock,
        tasks);
  }

  private FanOut makeFanOut() {
    return new FanOut(
        subscribers.get(),
        broker.get(),
        catalog.get(),
        source.get(),
        connections.get(),
        gateway.get(),
        notifier.get(),
        new S3PayloadLinks(presigner, settings.bucket()),
        clock,
        tasks);
  }
}
