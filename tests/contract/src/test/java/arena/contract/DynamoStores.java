package arena.contract;

import arena.catalog.Catalog;
import arena.catalog.DynamoCatalog;
import arena.idempotency.DynamoIdempotency;
import arena.idempotency.Idempotency;
import arena.journal.DynamoJournal;
import arena.journal.Journal;
import arena.local.backing.LocalDynamoDb;
import arena.local.backing.LocalS3;
import arena.local.backing.TableDefinition;
import arena.metrics.Metrics;
import arena.stream.Connections;
import arena.stream.DynamoConnections;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * DynamoDB and an S3 bucket, shared by all tests: DynamoDB Local and {@link LocalS3}, or the
 * service at {@link ExternalAws}.
 *
 * <p>Started for the first test with a parameter of this type, stopped after the last test.
 */
final class DynamoStores implements AutoCloseable {
  private static final String BUCKET = "arena";
  private static final String KEY_ID = "local";
  private static final String SECRET = "local-secret";

  private final Path folder;
  private final Optional<URI> external = ExternalAws.endpoint();
  private final Optional<LocalDynamoDb> local;
  private final Optional<LocalS3> server;
  private final DynamoDbClient client;
  private final S3Client s3;
  private final AtomicInteger tables = new AtomicInteger();

  /** An external service keeps the tables of earlier runs that were killed. */
  private final String run = external.isPresent() ? UUID.randomUUID() + "-" : "";

  private DynamoStores() {
    try {
      folder = Files.createTempDirectory("arena-contract");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    local = external.isPresent() ? Optional.empty() : Optional.of(LocalDynamoDb.inMemory());
    server =
        external.isPresent()
            ? Optional.empty()
            : Optional.of(LocalS3.start(folder, 0, KEY_ID, SECRET));
    client =
        local
            .map(LocalDynamoDb::client)
            .orElseGet(() -> client(external.orElseThrow(), Duration.ofSeconds(60), 2));
    s3 =
        S3Client.builder()
            .endpointOverride(external.or(() -> server.map(LocalS3::endpoint)).orElseThrow())
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY_ID, SECRET)))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder().socketTimeout(Duration.ofSeconds(20)))
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .serviceConfiguration(s -> s.pathStyleAccessEnabled(true).chunkedEncodingEnabled(false))
            .build();
    ExternalAws.createBucket(s3, BUCKET);
  }

  private static DynamoDbClient client(URI endpoint, Duration timeout, int retries) {
    return DynamoDbClient.builder()
        .endpointOverride(endpoint)
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY_ID, SECRET)))
        .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(timeout))
        .overrideConfiguration(
            o ->
                o.retryStrategy(
                    AwsRetryStrategy.standardRetryStrategy().toBuilder()
                        .maxAttempts(1 + retries)
                        .build()))
        .build();
  }

  /** Creates empty tables. */
  Tables tables() {
    String number = run + tables.incrementAndGet();
    Tables names =
        new Tables(
            "catalog-" + number,
            "journal-" + number,
            "connections-" + number,
            "idempotency-" + number,
            "access-" + number,
            "comparisons-" + number,
            this);
    List.of(
            TableDefinition.catalog(names.catalogTable()),
            TableDefinition.journal(names.journalTable()),
            TableDefinition.connections(names.connectionsTable()),
            TableDefinition.idempotency(names.idempotencyTable()),
            TableDefinition.access(names.accessTable()),
            TableDefinition.comparisons(names.comparisonsTable()))
        .forEach(this::create);
    return names;
  }

  private void create(TableDefinition table) {
    if (local.isPresent()) {
      local.get().create(table);
    } else {
      client.createTable(table.request());
      client.waiter().waitUntilTableExists(request -> request.tableName(table.name()));
    }
  }

  /** One set of tables and the stores over them. */
  record Tables(
      String catalogTable,
      String journalTable,
      String connectionsTable,
      String idempotencyTable,
      String accessTable,
      String comparisonsTable,
      DynamoStores stores)
      implements AutoCloseable {
    Catalog catalog() {
      return new DynamoCatalog(client(), catalogTable);
    }

    Journal journal() {
      return journal(client());
    }

    Journal journal(DynamoDbClient client) {
      return journal(client, InstantSource.system());
    }

    Journal journal(DynamoDbClient client, InstantSource clock) {
      return new DynamoJournal(
          client, () -> stores.s3, journalTable, catalogTable, BUCKET, clock, Metrics.NONE);
    }

    Connections connections(InstantSource clock) {
      return new DynamoConnections(client(), connectionsTable, clock);
    }

    Idempotency idempotency(InstantSource clock) {
      return new DynamoIdempotency(client(), idempotencyTable, clock);
    }

    DynamoDbClient client() {
      return stores.client;
    }

    /** A client of {@code endpoint} that retries a call at most {@code retries} times. */
    DynamoDbClient client(URI endpoint, Duration timeout, int retries) {
      return DynamoStores.client(endpoint, timeout, retries);
    }

    URI endpoint() {
      return stores.external.or(() -> stores.local.map(LocalDynamoDb::endpoint)).orElseThrow();
    }

    /** Deletes the items that are expired at a time; an external service knows only the present. */
    void expire(Instant now) {
      Assumptions.assumeTrue(
          stores.local.isPresent(), "the external service deletes expired items by its own clock");
      stores.local.orElseThrow().expire(now);
    }

    /** Deletes the tables. */
    @Override
    public void close() {
      for (String table :
          List.of(
              catalogTable,
              journalTable,
              connectionsTable,
              idempotencyTable,
              accessTable,
              comparisonsTable)) {
        client().deleteTable(delete -> delete.tableName(table));
      }
    }
  }

  @Override
  public void close() throws IOException {
    s3.close();
    server.ifPresent(LocalS3::close);
    local.ifPresentOrElse(LocalDynamoDb::close, client::close);
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Resolves test parameters to the shared instance. */
  static final class Shared extends KnownDifferences implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == DynamoStores.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(Namespace.create(DynamoStores.class))
          .computeIfAbsent(DynamoStores.class, _ -> new DynamoStores(), DynamoStores.class);
    }
  }
}
