package arena.stream;

import arena.access.Principal;
import arena.access.StoredPrincipal;
import arena.broker.ConnectionId;
import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.dynamo.QueryPages;
import arena.error.Dependency;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.Delete;
import software.amazon.awssdk.services.dynamodb.model.Put;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.Update;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Connections in DynamoDB: one item per connection, which counts its subscriptions, and one item
 * per subscription.
 */
public final class DynamoConnections implements Connections {
  /** Expiry of items whose disconnect event was lost. */
  private static final Duration RETENTION = MAX_DURATION.plusHours(1);

  /** Number of items per {@link #page}. */
  private static final int PAGE_ITEMS = 500;

  private static final String CONNECTION_ID = "connection_id";
  private static final String RUN_ID = "run_id";

  /** First seq to send to a subscription whose cursor is not stored yet; 0 if it is ending. */
  private static final String PENDING_FROM = "pending_from";

  /** The caller of a connection; absent if it was stored without one. */
  private static final String CALLER = "caller";

  private static final String SUBSCRIPTIONS = "subscriptions";
  private static final String EXPIRES_AT = "expires_at";

  /** Index of subscriptions by run; eventually consistent. */
  private static final String BY_RUN = "by_run";

  /** Sort key of the connection's own item, in place of a run id. */
  private static final String CONNECTION_ITEM = "-";

  /** Key of the item with the recovery's lease, in place of a connection id. */
  private static final String RECOVERY_ITEM = "-";

  private final DynamoClient dynamo;
  private final String table;
  private final InstantSource clock;

  public DynamoConnections(DynamoDbClient dynamo, String table, InstantSource clock) {
    this.dynamo = new DynamoClient(dynamo, Dependency.CONNECTIONS);
    this.table = table;
    this.clock = clock;
  }

  @Override
  public void connect(ConnectionId connectionId, Principal caller, Instant at) {
    dynamo.call(
        () ->
            dynamo
                .client()
                .updateItem(
                    update ->
                        update
                            .tableName(table)
                            .key(key(connectionId, CONNECTION_ITEM))
                            .updateExpression(
                                "SET #expires_at = :expires_at, "
                                    + "#subscriptions = if_not_exists(#subscriptions, :none), "
                                    + "#caller = :caller")
                            .expressionAttributeNames(
                                Map.of(
                                    "#expires_at",
                                    EXPIRES_AT,
                                    "#subscriptions",
                                    SUBSCRIPTIONS,
                                    "#caller",
                                    CALLER))
                            .expressionAttributeValues(
                                Map.of(
                                    ":expires_at",
                                    expiry(at),
                                    ":none",
                                    Attributes.of(0L),
                                    ":caller",
                                    StoredPrincipal.write(caller)))));
  }

  @Override
  public Map<ConnectionId, Optional<Principal>> callers(Collection<ConnectionId> connectionIds) {
    Map<ConnectionId, Optional<Principal>> callers = new HashMap<>();
    List<Map<String, AttributeValue>> keys =
        connectionIds.stream().distinct().map(id -> key(id, CONNECTION_ITEM)).toList();
    for (Map<String, AttributeValue> item : dynamo.getAll(table, keys)) {
      callers.put(connectionId(item), StoredPrincipal.read(item, CALLER));
    }
    return callers;
  }

  @Override
  public boolean subscribe(RunId runId, ConnectionId connectionId) {
    Optional<List<CancellationReason>> rejection = add(runId, connectionId, Map.of());
    if (rejection.isEmpty()) {
      return true;
    }
    CancellationReason subscription = rejection.get().get(0);
    boolean already = isExisting(rejection.get());
    if (already && subscription.item().containsKey(PENDING_FROM)) {
      update(
          runId,
          connectionId,
          request ->
              request
                  .updateExpression("REMOVE pending_from")
                  .conditionExpression("attribute_exists(pending_from)"));
    }
    return already;
  }

  @Override
  public boolean subscribePending(RunId runId, ConnectionId connectionId, long fromSeq) {
    AttributeValue from = Attributes.of(fromSeq);
    Optional<List<CancellationReason>> rejection =
        add(runId, connectionId, Map.of(PENDING_FROM, from));
    if (rejection.isEmpty()) {
      return true;
    }
    return isExisting(rejection.get())
        && update(
                runId,
                connectionId,
                request ->
                    request
                        .updateExpression("SET pending_from = :from")
                        .conditionExpression("attribute_exists(connection_id)")
                        .expressionAttributeValues(Map.of(":from", from)))
            .isPresent();
  }

  @Override
  public void unsubscribePending(RunId runId, ConnectionId connectionId) {
    update(
        runId,
        connectionId,
        request ->
            request
                .updateExpression("SET pending_from = :ending")
                .conditionExpression("attribute_exists(connection_id)")
                .expressionAttributeValues(Map.of(":ending", Attributes.of(0L))));
  }

  /** Adds a subscription's item; returns the rejections of it and of the connection's count. */
  private Optional<List<CancellationReason>> add(
      RunId runId, ConnectionId connectionId, Map<String, AttributeValue> fields) {
    Map<String, AttributeValue> item = new HashMap<>(fields);
    item.putAll(key(connectionId, runId));
    item.put(EXPIRES_AT, expiry(clock.instant()));
    Put subscription =
        Put.builder()
            .tableName(table)
            .item(item)
            .conditionExpression("attribute_not_exists(connection_id)")
            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
            .build();
    Update count =
        count(connectionId)
            .conditionExpression("attribute_exists(connection_id) AND #subscriptions < :most")
            .expressionAttributeValues(
                Map.of(
                    ":change", Attributes.of(1L), ":most", Attributes.of((long) MAX_SUBSCRIPTIONS)))
            .build();
    return dynamo.transact(
        TransactWriteItem.builder().put(subscription).build(),
        TransactWriteItem.builder().update(count).build());
  }

  /** Whether {@link #add} was rejected because the connection already has the subscription. */
  private static boolean isExisting(List<CancellationReason> rejection) {
    CancellationReason connection = rejection.get(1);
    boolean gone = DynamoClient.conditionFailed(connection) && connection.item().isEmpty();
    return DynamoClient.conditionFailed(rejection.get(0)) && !gone;
  }

  @Override
  public OptionalLong adopt(RunId runId, ConnectionId connectionId) {
    Optional<Map<String, AttributeValue>> before =
        update(
            runId,
            connectionId,
            request ->
                request
                    .updateExpression("REMOVE pending_from")
                    .conditionExpression("pending_from > :ending")
                    .expressionAttributeValues(Map.of(":ending", Attributes.of(0L))));
    return before.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(Attributes.whole(before.get(), PENDING_FROM));
  }

  /** Updates a subscription; returns it as it was before, or empty if the condition failed. */
  private Optional<Map<String, AttributeValue>> update(
      RunId runId, ConnectionId connectionId, Consumer<UpdateItemRequest.Builder> change) {
    return dynamo.updateIf(
        request ->
            request
                .tableName(table)
                .key(key(connectionId, runId))
                .returnValues(ReturnValue.ALL_OLD)
                .applyMutation(change));
  }

  @Override
  public boolean isSubscribed(RunId runId, ConnectionId connectionId) {
    return !dynamo.batchGet(table, List.of(key(connectionId, runId))).isEmpty();
  }

  @Override
  public List<Subscriber> subscribers(RunId runId) {
    List<Subscriber> subscribers = new ArrayList<>();
    QueryPages pages =
        new QueryPages(
            dynamo,
            QueryRequest.builder()
                .tableName(table)
                .indexName(BY_RUN)
                .keyConditionExpression("run_id = :run_id")
                .expressionAttributeValues(Map.of(":run_id", Attributes.of(runId.value()))));
    while (pages.more()) {
      List<Map<String, AttributeValue>> keys =
          pages.next(DynamoClient.MAX_GET).stream()
              .map(item -> key(connectionId(item), runId))
              .toList();
      for (Map<String, AttributeValue> row : dynamo.batchGet(table, keys)) {
        Optional<Long> pendingFrom = Attributes.findWhole(row, PENDING_FROM);
        subscribers.add(
            new Subscriber(
                connectionId(row),
                pendingFrom.filter(seq -> seq > 0).isPresent(),
                pendingFrom.filter(seq -> seq == 0).isPresent()));
      }
    }
    return subscribers;
  }

  @Override
  public Set<RunId> subscribedRuns() {
    return runs(_ -> {});
  }

  @Override
  public Set<RunId> pendingRuns() {
    return runs(scan -> scan.filterExpression("attribute_exists(pending_from)"));
  }

  private Set<RunId> runs(Consumer<ScanRequest.Builder> filter) {
    Set<RunId> runIds = new HashSet<>();
    ScanRequest.Builder scan =
        ScanRequest.builder()
            .tableName(table)
            .consistentRead(true)
            .projectionExpression("#run_id")
            .expressionAttributeNames(Map.of("#run_id", RUN_ID))
            .applyMutation(filter);
    for (int pages = 0; pages < QueryPages.MAX_PAGES; pages++) {
      ScanResponse page = dynamo.call(() -> dynamo.client().scan(scan.build()));
      for (Map<String, AttributeValue> item : page.items()) {
        String runId = Attributes.text(item, RUN_ID);
        if (!runId.equals(CONNECTION_ITEM)) {
          runIds.add(RunId.of(runId));
        }
      }
      if (!page.hasLastEvaluatedKey()) {
        return runIds;
      }
      scan.exclusiveStartKey(page.lastEvaluatedKey());
    }
    throw new IllegalStateException("table %s has too many subscriptions".formatted(table));
  }

  @Override
  public boolean holdRecovery(Optional<Instant> held, Instant until) {
    Map<String, AttributeValue> values = new HashMap<>();
    values.put(":until", Attributes.of(until.toEpochMilli()));
    values.put(":now", Attributes.of(clock.millis()));
    values.put(":held", Attributes.of(held.orElse(Instant.EPOCH).toEpochMilli()));
    values.put(":expires_at", expiry(until));
    return dynamo
        .updateIf(
            request ->
                request
                    .tableName(table)
                    .key(key(RECOVERY_ITEM, CONNECTION_ITEM))
                    .updateExpression("SET held_until = :until, expires_at = :expires_at")
                    // also the time that it sets, so that a repeated call succeeds
                    .conditionExpression(
                        "attribute_not_exists(held_until) OR held_until IN (:held, :until) "
                            + "OR held_until <= :now")
                    .expressionAttributeValues(values))
        .isPresent();
  }

  @Override
  public void releaseRecovery(Instant held) {
    dynamo.updateIf(
        request ->
            request
                .tableName(table)
                .key(key(RECOVERY_ITEM, CONNECTION_ITEM))
                .updateExpression("REMOVE held_until")
                .conditionExpression("held_until = :held")
                .expressionAttributeValues(Map.of(":held", Attributes.of(held.toEpochMilli()))));
  }

  @Override
  public void unsubscribe(RunId runId, ConnectionId connectionId) {
    remove(runId, connectionId, "attribute_exists(connection_id)", Map.of());
  }

  @Override
  public void endSubscription(RunId runId, ConnectionId connectionId) {
    remove(
        runId,
        connectionId,
        "attribute_exists(connection_id) AND attribute_not_exists(pending_from)",
        Map.of());
  }

  @Override
  public void endUnsubscribed(RunId runId, ConnectionId connectionId) {
    remove(runId, connectionId, "pending_from = :ending", Map.of(":ending", Attributes.of(0L)));
  }

  private void remove(
      RunId runId,
      ConnectionId connectionId,
      String condition,
      Map<String, AttributeValue> values) {
    Delete subscription =
        Delete.builder()
            .tableName(table)
            .key(key(connectionId, runId))
            .conditionExpression(condition)
            .expressionAttributeValues(values.isEmpty() ? null : values)
            .build();
    Update count =
        count(connectionId)
            .conditionExpression("attribute_exists(connection_id)")
            .expressionAttributeValues(Map.of(":change", Attributes.of(-1L)))
            .build();
    Optional<List<CancellationReason>> rejection =
        dynamo.transact(
            TransactWriteItem.builder().delete(subscription).build(),
            TransactWriteItem.builder().update(count).build());
    boolean subscribed =
        rejection.isPresent() && !DynamoClient.conditionFailed(rejection.get().get(0));
    if (subscribed) { // the connection's own item is already deleted
      delete(List.of(key(connectionId, runId)));
    }
  }

  @Override
  public List<RunId> disconnect(ConnectionId connectionId) {
    // Delete the connection's own item first: after that it cannot subscribe again.
    delete(List.of(key(connectionId, CONNECTION_ITEM)));
    List<RunId> runIds = new ArrayList<>();
    QueryPages pages =
        new QueryPages(
            dynamo,
            QueryRequest.builder()
                .tableName(table)
                .consistentRead(true)
                .keyConditionExpression("connection_id = :connection_id")
                .expressionAttributeValues(
                    Map.of(":connection_id", Attributes.of(connectionId.value()))));
    while (pages.more()) {
      List<Map<String, AttributeValue>> subscriptions = pages.next(DynamoClient.MAX_WRITE);
      for (Map<String, AttributeValue> subscription : subscriptions) {
        runIds.add(RunId.of(Attributes.text(subscription, RUN_ID)));
      }
      delete(
          subscriptions.stream()
              .map(subscription -> key(connectionId, Attributes.text(subscription, RUN_ID)))
              .toList());
    }
    return runIds;
  }

  @Override
  public Set<ConnectionId> existing(Collection<ConnectionId> connectionIds) {
    List<Map<String, AttributeValue>> keys =
        connectionIds.stream()
            .distinct()
            .map(connectionId -> key(connectionId, CONNECTION_ITEM))
            .toList();
    return dynamo.getAll(table, keys).stream()
        .map(DynamoConnections::connectionId)
        .collect(Collectors.toSet());
  }

  @Override
  public Page page(Optional<String> after) {
    ScanRequest.Builder scan = ScanRequest.builder().tableName(table).limit(PAGE_ITEMS);
    after.ifPresent(text -> scan.exclusiveStartKey(readCursor(text)));
    ScanResponse page = dynamo.call(() -> dynamo.client().scan(scan.build()));
    // A connection's own item sorts before its subscriptions.
    Map<ConnectionId, Optional<Instant>> connectedAt = new LinkedHashMap<>();
    Map<ConnectionId, List<RunId>> pending = new HashMap<>();
    for (Map<String, AttributeValue> item : page.items()) {
      if (Attributes.text(item, CONNECTION_ID).equals(RECOVERY_ITEM)) {
        continue;
      }
      ConnectionId connectionId = connectionId(item);
      if (Attributes.text(item, RUN_ID).equals(CONNECTION_ITEM)) {
        long expiresAt = Attributes.findWhole(item, EXPIRES_AT).orElse(0L);
        connectedAt.put(
            connectionId, Optional.of(Instant.ofEpochSecond(expiresAt).minus(RETENTION)));
      } else {
        connectedAt.putIfAbsent(connectionId, Optional.empty());
        if (item.containsKey(PENDING_FROM)) {
          pending
              .computeIfAbsent(connectionId, _ -> new ArrayList<>())
              .add(RunId.of(Attributes.text(item, RUN_ID)));
        }
      }
    }
    return new Page(
        connectedAt.entrySet().stream()
            .map(
                e ->
                    new Entry(
                        e.getKey(), e.getValue(), pending.getOrDefault(e.getKey(), List.of())))
            .toList(),
        page.hasLastEvaluatedKey()
            ? Optional.of(writeCursor(page.lastEvaluatedKey()))
            : Optional.empty());
  }

  /** Sort keys contain no space. */
  private static String writeCursor(Map<String, AttributeValue> key) {
    return Attributes.text(key, RUN_ID) + " " + Attributes.text(key, CONNECTION_ID);
  }

  private static Map<String, AttributeValue> readCursor(String cursor) {
    int space = cursor.indexOf(' ');
    if (space < 0) {
      throw new IllegalArgumentException("invalid cursor: " + cursor);
    }
    return key(ConnectionId.of(cursor.substring(space + 1)), cursor.substring(0, space));
  }

  private Update.Builder count(ConnectionId connectionId) {
    return Update.builder()
        .tableName(table)
        .key(key(connectionId, CONNECTION_ITEM))
        .updateExpression("ADD #subscriptions :change")
        .expressionAttributeNames(Map.of("#subscriptions", SUBSCRIPTIONS))
        .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD);
  }

  private void delete(List<Map<String, AttributeValue>> keys) {
    dynamo.batchWrite(
        table,
        keys.stream()
            .map(key -> WriteRequest.builder().deleteRequest(delete -> delete.key(key)).build())
            .toList());
  }

  private static Map<String, AttributeValue> key(ConnectionId connectionId, RunId runId) {
    return key(connectionId, runId.value());
  }

  private static Map<String, AttributeValue> key(ConnectionId connectionId, String run) {
    return key(connectionId.value(), run);
  }

  private static Map<String, AttributeValue> key(String connection, String run) {
    return Map.of(CONNECTION_ID, Attributes.of(connection), RUN_ID, Attributes.of(run));
  }

  private static ConnectionId connectionId(Map<String, AttributeValue> item) {
    return ConnectionId.of(Attributes.text(item, CONNECTION_ID));
  }

  private static AttributeValue expiry(Instant from) {
    return Attributes.of(from.plus(RETENTION).getEpochSecond());
  }
}
