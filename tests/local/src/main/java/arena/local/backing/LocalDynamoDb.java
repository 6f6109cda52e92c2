package arena.local.backing;

import arena.local.calls.CallCounter;
import arena.local.iam.Authorizer;
import arena.local.loopback.LoopbackHandler;
import arena.logging.JsonLoggers;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.config.Configurator;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndexDescription;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndexUpdate;
import software.amazon.awssdk.services.dynamodb.model.IndexStatus;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBServerHandler;

/**
 * DynamoDB Local in this process, with HTTP on the loopback address. Its own server would listen on
 * all interfaces, so its request handler runs in a separate Jetty server.
 */
public final class LocalDynamoDb implements AutoCloseable {
  /** Most pages that a sweep reads of each table; the next sweep continues. */
  public static final int MAX_SWEEP_PAGES = 25;

  /** Items of a sweep's first page. */
  private static final int FIRST_SWEEP_ITEMS = 10;

  /** Most items of a page; without a limit, DynamoDB Local reads the whole table for each page. */
  private static final int MAX_SWEEP_ITEMS = 200;

  private static final int SWEEP_GROWTH = 4;

  private static final int MAX_THREADS = 64;
  private static final Duration ACTIVE_PATIENCE = Duration.ofSeconds(30);
  private static final Duration ACTIVE_POLL = Duration.ofMillis(20);

  private final Server server;
  private final ServerConnector connector;
  private final LocalDynamoDBServerHandler handler;
  private final URI endpoint;
  private final DynamoDbClient client;

  /** The attribute with the expiry, by table. */
  private final Map<String, String> expiries = new TreeMap<>();

  /** The start key of the next sweep of a table, if the last one reached its limit. */
  private final Map<String, Map<String, AttributeValue>> sweptTo = new HashMap<>();

  private LocalDynamoDb(Optional<Path> folder, int port, Authorizer authorizer) {
    // It formats the numbers in its SQL by the default locale, whose digits SQL may not know.
    Locale.setDefault(Locale.Category.FORMAT, Locale.ROOT);
    // It would log lines for each request and a stack trace for each rejected one.
    Configurator.setLevel("software.amazon.dynamodb", Level.FATAL);
    JsonLoggers.setLevel("org.eclipse.jetty", org.slf4j.event.Level.WARN);
    folder.ifPresent(LocalDynamoDb::createFolder);
    boolean shared = true; // one database for every region and access key
    boolean slowStatuses = false;
    handler =
        new LocalDynamoDBServerHandler(
            folder.isEmpty()
                ? new LocalDynamoDBRequestHandler(0, true, null, shared, slowStatuses)
                : new DurableTransactions(folder.get().toString(), shared, slowStatuses),
            null);
    var threads = new QueuedThreadPool(MAX_THREADS);
    threads.setName("dynamodb");
    threads.setDaemon(true);
    server = new Server(threads);
    connector = new ServerConnector(server, 1, 1);
    connector.setHost(InetAddress.getLoopbackAddress().getHostAddress());
    connector.setPort(port);
    server.addConnector(connector);
    server.setHandler(new LoopbackHandler(new AuthorizedHandler(handler, authorizer)));
    start(port);
    endpoint =
        URI.create(
            String.format(
                Locale.ROOT, "http://%s:%d", connector.getHost(), connector.getLocalPort()));
    client =
        DynamoDbClient.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    authorizer
                        .administrator()
                        .map(
                            own ->
                                AwsBasicCredentials.create(
                                    own.accessKeyId(), own.secretAccessKey()))
                        .orElseGet(() -> AwsBasicCredentials.create("local", "local"))))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(Duration.ofSeconds(2))
                    .socketTimeout(Duration.ofSeconds(20)))
            .overrideConfiguration(
                override -> override.putExecutionAttribute(CallCounter.NOT_COUNTED, true))
            .build();
  }

  /**
   * Starts an instance without a folder, on a free port.
   *
   * @throws BackingFailed if it does not start
   */
  public static LocalDynamoDb inMemory() {
    return inMemory(new Authorizer());
  }

  /**
   * Starts an instance without a folder, on a free port.
   *
   * @param authorizer decides which requests are processed
   * @throws BackingFailed if it does not start
   */
  public static LocalDynamoDb inMemory(Authorizer authorizer) {
    return new LocalDynamoDb(Optional.empty(), 0, authorizer);
  }

  /**
   * Starts an instance; it is ready when this returns.
   *
   * @param folder the folder of its tables, created if it is missing
   * @param port the port; 0 for any free one
   * @throws BackingFailed if it does not start
   */
  public static LocalDynamoDb start(Path folder, int port) {
    return start(folder, port, new Authorizer());
  }

  /**
   * Starts an instance; it is ready when this returns.
   *
   * @param folder the folder of its tables, created if it is missing
   * @param port the port; 0 for any free one
   * @param authorizer decides which requests are processed
   * @throws BackingFailed if it does not start
   */
  public static LocalDynamoDb start(Path folder, int port, Authorizer authorizer) {
    return new LocalDynamoDb(Optional.of(folder), port, authorizer);
  }

  /** Returns its address: {@code http://127.0.0.1:<port>}. */
  public URI endpoint() {
    return endpoint;
  }

  /** Returns a client, open as long as this. All regions and access keys share the tables. */
  public DynamoDbClient client() {
    return client;
  }

  /** Creates a table unless it exists, and waits until it is active. */
  public void create(TableDefinition table) {
    String name = table.name();
    try {
      client.createTable(table.request());
    } catch (ResourceInUseException e) {
      // created by an earlier start, possibly without its expiry and an index
    }
    awaitActive(name);
    addMissingIndexes(table);
    disableOwnExpiry(name);
    synchronized (this) {
      table.expiry().ifPresent(attribute -> expiries.put(name, attribute));
    }
  }

  /**
   * Switches off DynamoDB Local's own expiry, which an earlier version of the stack switched on: it
   * reads whole tables under a lock that stops all writes, and expires by the system's clock.
   */
  private void disableOwnExpiry(String table) {
    var described =
        client.describeTimeToLive(request -> request.tableName(table)).timeToLiveDescription();
    if (described.timeToLiveStatus() == TimeToLiveStatus.ENABLED) {
      client.updateTimeToLive(
          request ->
              request
                  .tableName(table)
                  .timeToLiveSpecification(
                      expiry -> expiry.attributeName(described.attributeName()).enabled(false)));
    }
  }

  /** Adds the indexes that an earlier version of the table did not have, one at a time. */
  private void addMissingIndexes(TableDefinition table) {
    TableDescription existing =
        client.describeTable(request -> request.tableName(table.name())).table();
    Set<String> present =
        existing.globalSecondaryIndexes().stream()
            .map(GlobalSecondaryIndexDescription::indexName)
            .collect(Collectors.toSet());
    for (GlobalSecondaryIndex index : table.request().globalSecondaryIndexes()) {
      if (!present.contains(index.indexName())) {
        client.updateTable(
            request ->
                request
                    .tableName(table.name())
                    .attributeDefinitions(table.request().attributeDefinitions())
                    .globalSecondaryIndexUpdates(creation(index)));
        awaitActive(table.name());
      }
    }
  }

  private static List<GlobalSecondaryIndexUpdate> creation(GlobalSecondaryIndex index) {
    return List.of(
        GlobalSecondaryIndexUpdate.builder()
            .create(
                created ->
                    created
                        .indexName(index.indexName())
                        .keySchema(index.keySchema())
                        .projection(index.projection()))
            .build());
  }

  /** Waits until a table can be used, and each of its indexes has all items. */
  private void awaitActive(String table) {
    long deadline = System.nanoTime() + ACTIVE_PATIENCE.toNanos();
    while (System.nanoTime() < deadline) {
      TableDescription described =
          client.describeTable(request -> request.tableName(table)).table();
      if (described.tableStatus() == TableStatus.ACTIVE
          && described.globalSecondaryIndexes().stream()
              .allMatch(index -> index.indexStatus() == IndexStatus.ACTIVE)) {
        return;
      }
      LockSupport.parkNanos(ACTIVE_POLL.toNanos());
    }
    throw new BackingFailed("table " + table + " is not active within " + ACTIVE_PATIENCE);
  }

  /**
   * Deletes the expired items of all tables that were created with an expiry. A sweep that reaches
   * its limit is continued by the next.
   *
   * @return the number of deleted items
   */
  public synchronized int expire(Instant now) {
    int deleted = 0;
    for (Map.Entry<String, String> table : Map.copyOf(expiries).entrySet()) {
      try {
        deleted += expire(table.getKey(), table.getValue(), now);
      } catch (ResourceNotFoundException e) {
        expiries.remove(table.getKey()); // the table was deleted
      }
    }
    return deleted;
  }

  private int expire(String table, String expiry, Instant now) {
    List<String> keys =
        client.describeTable(request -> request.tableName(table)).table().keySchema().stream()
            .map(KeySchemaElement::attributeName)
            .toList();
    Map<String, String> names = new HashMap<>();
    names.put("#expiry", expiry);
    List<String> projected = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      names.put("#key" + i, keys.get(i));
      projected.add("#key" + i);
    }
    Map<String, AttributeValue> values =
        Map.of(
            ":now", AttributeValue.fromN(Long.toString(now.getEpochSecond())),
            ":number", AttributeValue.fromS("N"));
    String expired = "attribute_type(#expiry, :number) AND #expiry < :now";
    int deleted = 0;
    int items = FIRST_SWEEP_ITEMS;
    for (int page = 0; page < MAX_SWEEP_PAGES; page++) {
      ScanResponse found =
          client.scan(
              ScanRequest.builder()
                  .tableName(table)
                  .filterExpression(expired)
                  .projectionExpression(String.join(", ", projected))
                  .expressionAttributeNames(names)
                  .expressionAttributeValues(values)
                  .exclusiveStartKey(sweptTo.get(table))
                  .limit(items)
                  .build());
      for (Map<String, AttributeValue> key : found.items()) {
        deleted += deleteIf(table, key, expired, expiry, values);
      }
      if (!found.hasLastEvaluatedKey()) {
        sweptTo.remove(table);
        return deleted;
      }
      sweptTo.put(table, found.lastEvaluatedKey());
      items = nextItems(items, found.scannedCount());
    }
    return deleted;
  }

  /**
   * Returns the number of items of the next page. DynamoDB Local reads as many items as the limit
   * allows before it ends the page at 1 MB, so that with a constant limit a table of large items
   * would be read once for each of its megabytes, while all other calls wait.
   */
  private static int nextItems(int items, int scanned) {
    return scanned < items ? scanned + 1 : Math.min(MAX_SWEEP_ITEMS, items * SWEEP_GROWTH);
  }

  /** Deletes an item unless its expiry was changed since it was read. */
  private int deleteIf(
      String table,
      Map<String, AttributeValue> key,
      String condition,
      String expiry,
      Map<String, AttributeValue> values) {
    try {
      client.deleteItem(
          request ->
              request
                  .tableName(table)
                  .key(key)
                  .conditionExpression(condition)
                  .expressionAttributeNames(Map.of("#expiry", expiry))
                  .expressionAttributeValues(values));
      return 1;
    } catch (ConditionalCheckFailedException e) {
      return 0;
    }
  }

  private static void createFolder(Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new BackingFailed("cannot create the DynamoDB folder " + folder, e);
    }
  }

  private void start(int port) {
    try {
      server.start();
    } catch (Exception e) { // declared by the server
      handler.close();
      throw new BackingFailed("cannot start DynamoDB Local on port " + port, e);
    }
  }

  /** Returns whether it accepts connections. */
  public boolean serves() {
    return Sockets.listens(endpoint.getPort());
  }

  /** Closes its socket, as a crash of the server does; {@link #restart} opens it again. */
  public void crash() {
    stop();
  }

  /**
   * Opens the socket of a server that does not accept connections at the same address. The tables
   * remain, also without a folder.
   *
   * @throws BackingFailed if it does not start
   */
  public void restart() {
    stop();
    connector.setPort(endpoint.getPort());
    try {
      server.start();
    } catch (Exception e) { // declared by the server
      throw new BackingFailed("cannot restart DynamoDB Local on port " + endpoint.getPort(), e);
    }
  }

  private void stop() {
    try {
      server.stop();
    } catch (Exception e) { // declared by the server
      throw new BackingFailed("DynamoDB Local did not stop", e);
    }
  }

  /** Stops the server; its folder remains. */
  @Override
  public void close() {
    client.close();
    try {
      stop();
    } finally {
      handler.close();
    }
  }
}
