package arena.runtime;

import arena.agent.Agents;
import arena.agent.ModelAgents;
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
import arena.diagnosis.Allowances;
import arena.diagnosis.Collector;
import arena.diagnosis.InFlight;
import arena.diagnosis.LogSource;
import arena.diagnosis.Redactor;
import arena.diagnosis.Report;
import arena.diagnosis.Sources;
import arena.idempotency.DynamoIdempotency;
import arena.idempotency.Idempotency;
import arena.journal.DynamoJournal;
import arena.lifecycle.BeginRun;
import arena.lifecycle.CreateFork;
import arena.lifecycle.CreateRun;
import arena.lifecycle.FinalizeRun;
import arena.lifecycle.PlayTurn;
import arena.lifecycle.Publisher;
import arena.lifecycle.ReapConnections;
import arena.lifecycle.ReapRuns;
import arena.lifecycle.ReapStrays;
import arena.lifecycle.Replays;
import arena.lifecycle.RunReader;
import arena.lifecycle.StopRun;
import arena.source.EventSource;
import arena.stream.Connections;
import arena.stream.DynamoConnections;
import arena.stream.FanOut;
import arena.stream.Notifier;
import arena.stream.Subscriptions;
import arena.stream.Threads;
import arena.stream.VirtualThreads;
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
  private final Measures measures;
  private final Clock clock = Clock.systemUTC();
  private final Threads threads = new LoggingThreads(new VirtualThreads());

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
  private final Lazy<Notifier> notifier = new Lazy<>(this::makeNotifier);
  private final Lazy<Agents> agents = new Lazy<>(this::makeAgents);
  private final Lazy<MeasuredGateway> gateway = new Lazy<>(this::makeGateway);
  private final Lazy<Replays> replays = new Lazy<>(this::makeReplays);
  private final Lazy<LogSource> logSource = new Lazy<>(this::makeLogSource);

  private final Lazy<EventSource> source = new Lazy<>(this::makeSource);
  private final Lazy<Publisher> publisher = new Lazy<>(this::makePublisher);
  private final Lazy<BeginRun> beginRun = new Lazy<>(this::makeBeginRun);
  private final Lazy<Idempotency> idempotency = new Lazy<>(this::makeIdempotency);
  private final Lazy<CreateRun> createRun = new Lazy<>(this::makeCreateRun);
  private final Lazy<CreateFork> createFork = new Lazy<>(this::makeCreateFork);
  private final Lazy<PlayTurn> playTurn = new Lazy<>(this::makePlayTurn);
  private final Lazy<FinalizeRun> finalizeRun = new Lazy<>(this::makeFinalizeRun);
  private final Lazy<ReapRuns> reapRuns = new Lazy<>(this::makeReapRuns);
  private final Lazy<ReapStrays> reapStrays = new Lazy<>(this::makeReapStrays);
  private final Lazy<ReapConnections> reapConnections = new Lazy<>(this::makeReapConnections);
  private final Lazy<StopRun> stopRun = new Lazy<>(this::makeStopRun);
  private final Lazy<RedisInspection> inspection =
      new Lazy<>(() -> new RedisInspection(redis.get(), RedisKeys.plain()));
  private final Lazy<Sources> sources = new Lazy<>(this::makeSources);
  private final Lazy<Collector> collector = new Lazy<>(this::makeCollector);
  private final Lazy<InFlight> inFlight = new Lazy<>(this::makeInFlight);
  private final Lazy<Report> report = new Lazy<>(this::makeReport);
  private final Lazy<Beginnings> beginnings = new Lazy<>(this::makeBeginnings);
  private final Lazy<RunReader> runReader = new Lazy<>(this::makeRunReader);
  private final Lazy<Subscriptions> subscriptions = new Lazy<>(this::makeSubscriptions);
  private final Lazy<FanOut> fanOut = new Lazy<>(this::makeFanOut);

  /** Everything as this environment says; see {@link Settings}. */
  public Services(Map<String, String> environment) {
    settings = new Settings(environment);
    measures = new Measures(settings.metricsNamespace(), settings.service());
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
  public InFlight inFlight() {
    return inFlight.get();
  }

  /** Writes bug reports. */
  public Report report() {
    return report.get();
  }

  /** Notes how runs begin. */
  public Beginnings beginnings() {
    return beginnings.get();
  }

  /** Says what is the matter with a run. */
  public Collector collector() {
    return collector.get();
  }

  /** Frees the broker. */
  public ReapRuns reapRuns() {
    return reapRuns.get();
  }

  /** Frees the broker of what belongs to nobody. */
  public ReapStrays reapStrays() {
    return reapStrays.get();
  }

  /** Forgets connections that are gone. */
  public ReapConnections reapConnections() {
    return reapConnections.get();
  }

  /** Reads runs. */
  public RunReader runReader() {
    return runReader.get();
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
    Broker inRedis =
        new RedisBroker(
            redis.get(),
            RedisKeys.plain(),
            events -> measures.count(Metric.EVENTS_PUBLISHED, events));
    return new MeasuredBroker(inRedis, measures);
  }

  private Subscribers makeSubscribers() {
    return new MeasuredSubscribers(new RedisSubscribers(redis.get(), RedisKeys.plain()), measures);
  }

  private LogSource makeLogSource() {
    return new CloudWatchLogs(cloudWatchLogs, settings.logGroupPrefix());
  }

  private MeasuredGateway makeGateway() {
    return new MeasuredGateway(new ApiGateway(connectionsApi), measures, clock);
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
    return new DuckDbArchive(client, settings.bucket(), () -> DuckDb.in(folder));
  }

  private Connections makeConnections() {
    return new DynamoConnections(dynamoDb.get(), settings.connectionsTable(), clock);
  }

  private Notifier makeNotifier() {
    return new LambdaNotifier(lambda, settings.streamFunction(), clock);
  }

  private Agents makeAgents() {
    return new MeasuredAgents(new ModelAgents(settings.environment()), measures);
  }

  private ApiGatewayManagementApiClient makeApi() {
    return AwsClients.connections(URI.create(settings.websocketEndpoint()));
  }

  private Replays makeReplays() {
    return new StepFunctionsReplays(stepFunctions, settings.stateMachineArn());
  }

  private EventSource makeSource() {
    return new EventSource(broker.get(), journal.get(), archive);
  }

  private Publisher makePublisher() {
    return new Publisher(broker.get(), journal.get(), catalog.get(), notifier.get());
  }

  private BeginRun makeBeginRun() {
    return new BeginRun(catalog.get(), journal.get(), broker.get(), replays.get(), clock);
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
    return new PlayTurn(journal.get(), publisher.get(), agents.get(), clock);
  }

  private FinalizeRun makeFinalizeRun() {
    return new FinalizeRun(
        catalog.get(),
        journal.get(),
        new MeasuredArchive(makeArchive(AwsClients.patientS3()), measures),
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
        new LambdaFinalizer(lambda, settings.finalizeFunction()),
        settings.grace(),
        clock);
  }

  private ReapStrays makeReapStrays() {
    return new ReapStrays(
        catalog.get(), broker.get(), subscribers.get(), connections.get(), settings.grace(), clock);
  }

  private ReapConnections makeReapConnections() {
    return new ReapConnections(connections.get(), subscribers.get(), gateway.get(), clock);
  }

  private StopRun makeStopRun() {
    return new StopRun(
        catalog.get(),
        replays.get(),
        new LambdaFinalizer(lambda, settings.finalizeFunction()),
        clock);
  }

  private Sources makeSources() {
    return new AwsSources(
        catalog::get,
        journal::get,
        inspection,
        stepFunctions,
        settings.stateMachineArn(),
        new ElastiCache(elastiCache, settings.cacheId()));
  }

  private Collector makeCollector() {
    return new Collector(sources.get(), allowances(), settings.redis().redisCli(), clock);
  }

  private Allowances allowances() {
    return new Allowances(settings.modelTimeout(), settings.grace());
  }

  private InFlight makeInFlight() {
    return new InFlight(catalog.get(), sources.get(), allowances(), clock);
  }

  private Report makeReport() {
    return new Report(
        collector.get(),
        sources.get(),
        catalog.get(),
        new Report.Ways(
            logSource(),
            beginnings.get()::counters,
            inspection.get()::inRedisCliWords,
            () -> Versions.of(settings.environment(), inspection.get())),
        new Redactor(settings.secrets()),
        clock);
  }

  private Beginnings makeBeginnings() {
    return new Beginnings(catalog.get(), catalog.get(), broker.get());
  }

  private RunReader makeRunReader() {
    return new RunReader(catalog.get(), source.get(), journal.get(), archive, broker.get());
  }

  private Subscriptions makeSubscriptions() {
    return new Subscriptions(
        connections.get(),
        subscribers.get(),
        catalog.get(),
        notifier.get(),
        gateway.get(),
        clock,
        threads);
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
        threads);
  }
}
