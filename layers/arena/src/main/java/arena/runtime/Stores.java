package arena.runtime;

import arena.access.AccessStore;
import arena.access.ActiveTokens;
import arena.access.Authenticator;
import arena.access.CallLimits;
import arena.access.DynamoAccessStore;
import arena.access.DynamoCallCounts;
import arena.access.Tickets;
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
import arena.catalog.DynamoCatalog;
import arena.catalog.ReaperSummaries;
import arena.comparison.ComparisonArchive;
import arena.comparison.Comparisons;
import arena.comparison.DynamoComparisons;
import arena.idempotency.DynamoIdempotency;
import arena.idempotency.Idempotency;
import arena.journal.DynamoJournal;
import arena.metrics.Metrics;
import arena.source.EventReader;
import arena.stream.ConnectionAccess;
import arena.stream.Connections;
import arena.stream.DynamoConnections;
import java.security.SecureRandom;
import java.time.Clock;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;

/** The stores, created lazily with their clients and shared per sandbox. */
public final class Stores {
  private final Settings settings;
  private final Metrics metrics;
  private final Clock clock = Clock.systemUTC();

  private final Lazy<DynamoDbClient> dynamoDb = new Lazy<>(() -> AwsClients.dynamoDb(access()));
  private final Lazy<S3Client> s3 = new Lazy<>(() -> AwsClients.s3(access()));
  private final Lazy<S3Client> s3ForWriting =
      new Lazy<>(() -> AwsClients.s3ForLargeObjects(access()));
  private final Lazy<RedisConnection> redis = new Lazy<>(this::createRedis);
  private final Lazy<DynamoCatalog> catalog = new Lazy<>(this::createCatalog);
  private final Lazy<ReaperSummaries> reaperSummaries =
      new Lazy<>(() -> new ReaperSummaries(dynamoDb.get(), settings().catalogTable()));
  private final Lazy<DynamoJournal> journal = new Lazy<>(this::createJournal);
  private final Lazy<Broker> broker = new Lazy<>(this::createBroker);
  private final Lazy<Subscribers> subscribers = new Lazy<>(this::createSubscribers);
  private final Lazy<RedisInspection> inspection = new Lazy<>(this::createInspection);
  private final Lazy<Connections> connections = new Lazy<>(this::createConnections);
  private final Lazy<ConnectionAccess> connectionAccess = new Lazy<>(this::createConnectionAccess);
  private final Lazy<Idempotency> idempotency = new Lazy<>(this::createIdempotency);
  private final Lazy<CallLimits> callLimits = new Lazy<>(this::createCallLimits);
  private final Lazy<Comparisons> comparisons = new Lazy<>(this::createComparisons);
  private final Lazy<Archive> archive = new Lazy<>(() -> createArchive(s3.get()));

  public Stores(Settings settings, Metrics metrics) {
    this.settings = settings;
    this.metrics = metrics;
  }

  /** Connects to the broker, for an {@link EarlyStart}. */
  public void startBroker() {
    redis.get().connect();
  }

  /** Starts DuckDB and creates the client of S3, for an {@link EarlyStart}. */
  public void startArchive() {
    DuckDb.inTemporaryFolder();
    s3.get();
  }

  /** Starts DuckDB and creates the client that writes archives, for an {@link EarlyStart}. */
  public void startArchiveForWriting() {
    DuckDb.inTemporaryFolder();
    s3ForWriting.get();
  }

  /** The catalog of runs. */
  public DynamoCatalog catalog() {
    return catalog.get();
  }

  /** The summary of the reaper's last run. */
  public ReaperSummaries reaperSummaries() {
    return reaperSummaries.get();
  }

  /** The journal of events. */
  public DynamoJournal journal() {
    return journal.get();
  }

  /** The broker of live events. */
  public Broker broker() {
    return broker.get();
  }

  /** The cursors of live readers. */
  public Subscribers subscribers() {
    return subscribers.get();
  }

  /** Inspection of the broker, for diagnosis. */
  public RedisInspection inspection() {
    return inspection.get();
  }

  /** The WebSocket connections. */
  public Connections connections() {
    return connections.get();
  }

  /** Whether WebSocket connections may still be served. */
  public ConnectionAccess connectionAccess() {
    return connectionAccess.get();
  }

  /** Finds who calls. Its calls fit into the 10 s that API Gateway waits for an authorizer. */
  public Authenticator authenticator() {
    return new Authenticator(accessStore(AwsClients.dynamoDbForAuthorizer(access())), clock);
  }

  /** Issues tickets. */
  public Tickets tickets() {
    // A SnapStart snapshot must not hold the seed: SecureRandom takes a new one after the restore.
    return new Tickets(accessStore(dynamoDb.get()), clock, new SecureRandom());
  }

  /** Limits the calls of each token. */
  public CallLimits callLimits() {
    return callLimits.get();
  }

  /** The requests that carry an idempotency key. */
  public Idempotency idempotency() {
    return idempotency.get();
  }

  /** The experiments and races. */
  public Comparisons comparisons() {
    return comparisons.get();
  }

  /** The archive of ended runs, for reading. */
  public Archive archive() {
    return archive.get();
  }

  /** The archive with timeouts for writing the largest run. */
  public Archive archiveForWriting() {
    return createArchive(s3ForWriting.get());
  }

  /** Events from the store that has them. */
  public EventReader events() {
    return new EventReader(broker(), journal(), archive);
  }

  private Settings settings() {
    return settings;
  }

  private AwsAccess access() {
    return settings.access();
  }

  private RedisConnection createRedis() {
    return new RedisConnection(settings.redis());
  }

  private DynamoCatalog createCatalog() {
    return new DynamoCatalog(dynamoDb.get(), settings.catalogTable());
  }

  private DynamoJournal createJournal() {
    return new DynamoJournal(
        dynamoDb.get(),
        s3,
        settings.journalTable(),
        settings.catalogTable(),
        settings.bucket(),
        clock,
        metrics);
  }

  private Broker createBroker() {
    return new RedisBroker(redis.get(), RedisKeys.plain(), metrics);
  }

  private Subscribers createSubscribers() {
    return new RedisSubscribers(redis.get(), RedisKeys.plain());
  }

  private RedisInspection createInspection() {
    return new RedisInspection(redis.get(), RedisKeys.plain());
  }

  private Connections createConnections() {
    return new DynamoConnections(dynamoDb.get(), settings.connectionsTable(), clock);
  }

  private ConnectionAccess createConnectionAccess() {
    return new ConnectionAccess(
        connections(), new ActiveTokens(accessStore(dynamoDb.get()), clock));
  }

  private AccessStore accessStore(DynamoDbClient client) {
    return new DynamoAccessStore(client, settings.accessTable());
  }

  private CallLimits createCallLimits() {
    return new CallLimits(new DynamoCallCounts(dynamoDb.get(), settings.idempotencyTable()), clock);
  }

  private Idempotency createIdempotency() {
    return new DynamoIdempotency(dynamoDb.get(), settings.idempotencyTable(), clock);
  }

  /** The results of comparisons, for analysis. */
  public ComparisonArchive comparisonArchive() {
    return new ComparisonArchive(new S3Objects(s3, settings.bucket()));
  }

  private Comparisons createComparisons() {
    return new DynamoComparisons(dynamoDb.get(), settings.comparisonsTable());
  }

  /** Starts the engine at the first use, because its start is slow. */
  private Archive createArchive(S3Client client) {
    return new DuckDbArchive(client, settings.bucket(), DuckDb::inTemporaryFolder, metrics);
  }
}
