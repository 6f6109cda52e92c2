package arena.catalog;

import arena.codec.Timestamps;
import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.dynamo.QueryPages;
import arena.run.Failure;
import arena.run.Limits;
import arena.run.Run;
import arena.run.RunStatus;
import arena.run.UnknownRun;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.Select;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.Update;

/**
 * The catalog as a DynamoDB table with an index for each list, and one item that counts the events
 * of the runs that were released. An index has keys only and may be a moment behind, so rows are
 * read from the table, and those that left the list are left out.
 *
 * <p>Every change is a transaction of one item: unlike a plain update, one whose answer was lost
 * and that is sent again is known for the same, and not refused by the condition that it itself
 * made false.
 */
public final class DynamoCatalog implements Catalog, RunningRunQuery, CreationRecords {
  /** Most rows that {@link #held} returns. */
  public static final int MAX_HELD = 10_000;

  /** Attempts at a count of all events. */
  private static final int COUNTS = 5;

  /** Most rows that {@link #running} returns. */
  public static final int MAX_RUNNING = 1_000;

  private final DynamoClient dynamo;
  private final String table;

  /** Keeps rows in this table. */
  public DynamoCatalog(DynamoDbClient dynamo, String table) {
    this.dynamo = new DynamoClient(dynamo, CatalogUnavailable::new);
    this.table = table;
  }

  @Override
  public Optional<Run> find(String runId) {
    return item(runId).map(RunItem::read);
  }

  @Override
  public RunPage list(Which which, int limit, Optional<String> cursor) {
    if (limit < 1 || limit > Limits.MAX_RUNS_PAGE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "a page has 1 to %d runs, not %d", Limits.MAX_RUNS_PAGE, limit));
    }
    String index =
        switch (which) {
          case ALL -> RunItem.LISTED;
          case ARCHIVED -> RunItem.ARCHIVED;
        };
    QueryRequest.Builder query = query(index).scanIndexForward(false);
    cursor.ifPresent(text -> query.exclusiveStartKey(ListCursor.read(index, text).key()));
    // One more than asked for tells whether there is a next page.
    List<Map<String, AttributeValue>> keys = new ArrayList<>();
    QueryPages pages = new QueryPages(dynamo, query);
    while (keys.size() <= limit && pages.more()) {
      keys.addAll(pages.next(limit + 1 - keys.size()));
    }
    boolean more = keys.size() > limit;
    List<Map<String, AttributeValue>> page = more ? keys.subList(0, limit) : keys;
    return new RunPage(
        rows(page, row -> row.containsKey(index)),
        more ? Optional.of(ListCursor.at(index, page.getLast()).write()) : Optional.empty());
  }

  @Override
  public List<Run> held(int limit) {
    return listed(RunItem.HELD, limit, MAX_HELD);
  }

  @Override
  public List<Run> running(int limit) {
    return listed(RunItem.RUNNING, limit, MAX_RUNNING);
  }

  /** The first of the runs that are in an index, with their rows. */
  private List<Run> listed(String index, int limit, int most) {
    if (limit < 1 || limit > most) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s returns 1 to %d runs, not %d", index, most, limit));
    }
    List<Run> runs = new ArrayList<>();
    QueryPages pages = new QueryPages(dynamo, query(index));
    while (runs.size() < limit && pages.more()) {
      int room = Math.min(limit - runs.size(), DynamoClient.MAX_GET);
      runs.addAll(rows(pages.next(room), row -> row.containsKey(index)));
    }
    return runs;
  }

  @Override
  public void saveCreationRecord(String runId, CreationRecord record) {
    change(
        runId,
        "SET #request = :request, #counters = :counters",
        "attribute_exists(#run_id) AND attribute_not_exists(#request)",
        Map.of(
            "#run_id", RunItem.RUN_ID, "#request", RunItem.REQUEST, "#counters", RunItem.COUNTERS),
        Map.of(
            ":request", Attributes.of(Limits.cut(record.request(), MAX_REQUEST)),
            ":counters", Attributes.of(record.counters())));
  }

  @Override
  public Optional<CreationRecord> findCreationRecord(String runId) {
    GetItemResponse found =
        dynamo.call(
            () ->
                dynamo
                    .client()
                    .getItem(
                        get ->
                            get.tableName(table)
                                .key(RunItem.key(runId))
                                .projectionExpression("#request, #counters")
                                .expressionAttributeNames(
                                    Map.of(
                                        "#request", RunItem.REQUEST,
                                        "#counters", RunItem.COUNTERS))));
    return Attributes.findText(found.item(), RunItem.REQUEST)
        .map(
            request ->
                new CreationRecord(
                    request, Attributes.findText(found.item(), RunItem.COUNTERS).orElse("")));
  }

  @Override
  public long countRunning() {
    long count = 0;
    QueryPages pages = new QueryPages(dynamo, query(RunItem.RUNNING).select(Select.COUNT));
    while (pages.more()) {
      count += pages.count();
    }
    return count;
  }

  @Override
  public long countEvents() {
    // A run that is released moves from the one to the other while they are read.
    for (int attempt = 0; attempt < COUNTS; attempt++) {
      long released = releasedEvents();
      long held = 0;
      QueryPages pages = new QueryPages(dynamo, query(RunItem.HELD));
      while (pages.more()) {
        for (Run run :
            rows(pages.next(DynamoClient.MAX_GET), row -> row.containsKey(RunItem.HELD))) {
          held += run.nEvents();
        }
      }
      if (releasedEvents() == released) {
        return released + held;
      }
    }
    throw new CatalogUnavailable(
        String.format(Locale.ROOT, "runs were released during each of %d counts", COUNTS), null);
  }

  private long releasedEvents() {
    return item(RunItem.RELEASED).map(item -> Attributes.whole(item, RunItem.N_EVENTS)).orElse(0L);
  }

  /** The item under this key, as it is now. */
  private Optional<Map<String, AttributeValue>> item(String key) {
    GetItemResponse found =
        dynamo.call(
            () ->
                dynamo
                    .client()
                    .getItem(
                        get -> get.tableName(table).key(RunItem.key(key)).consistentRead(true)));
    return found.hasItem() ? Optional.of(found.item()) : Optional.empty();
  }

  @Override
  public boolean fail(String runId, Failure failure, Instant at) {
    return fail(runId, failure, at, "#status = :running", Map.of(), Map.of());
  }

  @Override
  public boolean abandon(String runId, long nEvents, Failure failure, Instant at) {
    return fail(
        runId,
        failure,
        at,
        "#status = :running AND #n_events = :n_events",
        Map.of("#n_events", RunItem.N_EVENTS),
        Map.of(":n_events", Attributes.of(nEvents)));
  }

  private boolean fail(
      String runId,
      Failure failure,
      Instant at,
      String condition,
      Map<String, String> moreNames,
      Map<String, AttributeValue> moreValues) {
    Map<String, String> names = new HashMap<>(moreNames);
    names.put("#status", RunItem.STATUS);
    names.put("#failure", RunItem.FAILURE);
    names.put("#ended_at", RunItem.ENDED_AT);
    names.put("#running", RunItem.RUNNING);
    Map<String, AttributeValue> values = new HashMap<>(moreValues);
    values.put(":running", Attributes.of(RunStatus.RUNNING.label()));
    values.put(":failed", Attributes.of(RunStatus.FAILED.label()));
    values.put(":failure", Attributes.of(RunItem.failure(failure)));
    values.put(":at", Attributes.of(Timestamps.write(at)));
    return change(
            runId,
            "SET #status = :failed, #failure = :failure, #ended_at = :at REMOVE #running",
            condition,
            names,
            values)
        .isEmpty();
  }

  @Override
  public void archived(String runId, String dbPath, Run.Summary summary, Instant at) {
    if (dbPath.isEmpty()) {
      throw new IllegalArgumentException("an archive has an address");
    }
    Map<String, String> names =
        Map.of(
            "#status", RunItem.STATUS,
            "#db_path", RunItem.DB_PATH,
            "#summary", RunItem.SUMMARY,
            "#archived", RunItem.ARCHIVED);
    Map<String, AttributeValue> values =
        Map.of(
            ":db_path", Attributes.of(dbPath),
            ":summary", Attributes.of(RunItem.summary(summary)),
            ":in", RunItem.IN);
    String archive = "SET #db_path = :db_path, #summary = :summary, #archived = :in";

    Map<String, String> completeNames = new HashMap<>(names);
    completeNames.put("#ended_at", RunItem.ENDED_AT);
    completeNames.put("#running", RunItem.RUNNING);
    Map<String, AttributeValue> completeValues = new HashMap<>(values);
    completeValues.put(":running", Attributes.of(RunStatus.RUNNING.label()));
    completeValues.put(":complete", Attributes.of(RunStatus.COMPLETE.label()));
    completeValues.put(":at", Attributes.of(Timestamps.write(at)));
    Optional<Map<String, AttributeValue>> ended =
        change(
            runId,
            archive + ", #status = :complete, #ended_at = :at REMOVE #running",
            "#status = :running",
            completeNames,
            completeValues);
    if (ended.isEmpty()) {
      return;
    }
    requireKnown(runId, ended.get());
    if (ended.get().containsKey(RunItem.ARCHIVED)) {
      return;
    }
    // It failed before, and stays so. If this is refused, another call has archived it since.
    Map<String, AttributeValue> failedValues = new HashMap<>(values);
    failedValues.put(":failed", Attributes.of(RunStatus.FAILED.label()));
    change(
        runId,
        archive,
        "#status = :failed AND attribute_not_exists(#archived)",
        names,
        failedValues);
  }

  @Override
  public void released(String runId) {
    Run run = find(runId).orElseThrow(() -> new UnknownRun(runId));
    if (!run.status().ended()) {
      throw new IllegalStateException(
          "run %s is running: the broker still needs it".formatted(runId));
    }
    // An ended run stays as it is. If this is refused, it was released before.
    Update release =
        Update.builder()
            .tableName(table)
            .key(RunItem.key(runId))
            .updateExpression("REMOVE #held")
            .conditionExpression("attribute_exists(#held)")
            .expressionAttributeNames(Map.of("#held", RunItem.HELD))
            .build();
    Update count =
        Update.builder()
            .tableName(table)
            .key(RunItem.key(RunItem.RELEASED))
            .updateExpression("ADD #n_events :n_events")
            .expressionAttributeNames(Map.of("#n_events", RunItem.N_EVENTS))
            .expressionAttributeValues(Map.of(":n_events", Attributes.of(run.nEvents())))
            .build();
    dynamo.transact(
        TransactWriteItem.builder().update(release).build(),
        TransactWriteItem.builder().update(count).build());
  }

  private static void requireKnown(String runId, Map<String, AttributeValue> row) {
    if (row.isEmpty()) {
      throw new UnknownRun(runId);
    }
  }

  /**
   * Changes a row.
   *
   * @return empty if it did; else the row as it is, without attributes if there is none, for which
   *     the condition does not hold
   */
  private Optional<Map<String, AttributeValue>> change(
      String runId,
      String expression,
      String condition,
      Map<String, String> names,
      Map<String, AttributeValue> values) {
    Update update =
        Update.builder()
            .tableName(table)
            .key(RunItem.key(runId))
            .updateExpression(expression)
            .conditionExpression(condition)
            .expressionAttributeNames(names)
            .expressionAttributeValues(values)
            .returnValuesOnConditionCheckFailure(ReturnValuesOnConditionCheckFailure.ALL_OLD)
            .build();
    return dynamo
        .transact(TransactWriteItem.builder().update(update).build())
        .map(List::getFirst)
        .map(CancellationReason::item);
  }

  /** The rows of these keys, in their order, of those that are still in the list. */
  private List<Run> rows(
      List<Map<String, AttributeValue>> keys, Predicate<Map<String, AttributeValue>> inList) {
    Map<String, Map<String, AttributeValue>> rows = new HashMap<>();
    List<String> runIds = keys.stream().map(key -> key.get(RunItem.RUN_ID).s()).toList();
    for (Map<String, AttributeValue> row :
        dynamo.batchGet(table, runIds.stream().map(RunItem::key).toList())) {
      rows.put(row.get(RunItem.RUN_ID).s(), row);
    }
    return runIds.stream()
        .filter(rows::containsKey)
        .map(rows::get)
        .filter(inList)
        .map(RunItem::read)
        .toList();
  }

  /** The rows in this index, oldest first. */
  private QueryRequest.Builder query(String index) {
    return QueryRequest.builder()
        .tableName(table)
        .indexName(index)
        .keyConditionExpression("#index = :in")
        .expressionAttributeNames(Map.of("#index", index))
        .expressionAttributeValues(Map.of(":in", RunItem.IN));
  }
}
