package arena.journal;

import arena.catalog.RunItem;
import arena.codec.Timestamps;
import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.dynamo.QueryPages;
import arena.event.Event;
import arena.run.Run;
import arena.run.RunNotRunning;
import arena.run.RunStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The journal as a DynamoDB table, an item an entry. Texts that are too long for an item are in a
 * bucket, and come back with their entry as if they were not.
 */
public final class DynamoJournal implements Journal, JournalTail {
  /** Most entries or events that one read returns. */
  public static final int MAX_PAGE = 1_000;

  /** Most items that one query returns, lest a short read fetches a megabyte. */
  private static final int MAX_ITEMS = 100;

  private final DynamoClient dynamo;
  private final PayloadStore large;
  private final String journalTable;
  private final String catalogTable;

  /**
   * Keeps entries in this table, in step with the rows of that one.
   *
   * @param bucket where texts go that are too long for an item
   */
  public DynamoJournal(
      DynamoDbClient dynamo, S3Client s3, String journalTable, String catalogTable, String bucket) {
    this.dynamo = new DynamoClient(dynamo, JournalUnavailable::new);
    this.large = new PayloadStore(s3, bucket);
    this.journalTable = journalTable;
    this.catalogTable = catalogTable;
  }

  @Override
  public void begin(Run run, JournalEntry origin) {
    if (origin.position() != 0 || !origin.runId().equals(run.runId())) {
      throw new IllegalArgumentException("a run begins with its own entry at position 0");
    }
    Map<String, AttributeValue> row = new HashMap<>(RunItem.ofNew(run));
    row.put(RunItem.N_EVENTS, Attributes.of(origin.nextSeq() - 1));
    if (!origin.events().isEmpty()) {
      Event last = origin.events().getLast();
      row.put(RunItem.LAST_T, Attributes.of(last.t()));
      row.put(RunItem.FIRST_TS, time(origin.events().getFirst()));
      row.put(RunItem.LAST_TS, time(last));
    }
    Optional<List<CancellationReason>> refused =
        dynamo.transact(
            putOnce(EntryItem.write(origin, large)),
            TransactWriteItem.builder()
                .put(
                    put ->
                        put.tableName(catalogTable)
                            .item(row)
                            .conditionExpression("attribute_not_exists(run_id)"))
                .build());
    if (refused.isPresent()) {
      throw new EntryExists(run.runId(), 0);
    }
  }

  @Override
  public void append(JournalEntry entry) {
    if (entry.events().isEmpty()) {
      throw new IllegalArgumentException("an entry that is appended has events");
    }
    Event first = entry.events().getFirst();
    Event last = entry.events().getLast();
    Optional<List<CancellationReason>> refused =
        dynamo.transact(putOnce(EntryItem.write(entry, large)), advance(first, last));
    if (refused.isEmpty()) {
      return;
    }
    // The row first: a fenced writer must stop, also where it finds its own entry.
    CancellationReason entryReason = refused.get().get(0);
    CancellationReason rowReason = refused.get().get(1);
    if (DynamoClient.conditionFailed(rowReason) && !running(rowReason.item())) {
      throw new RunNotRunning(entry.runId());
    }
    if (DynamoClient.conditionFailed(entryReason)) {
      throw new EntryExists(entry.runId(), entry.position());
    }
    throw new IllegalStateException(
        String.format(
            Locale.ROOT,
            "run %s: an entry at position %d would leave a gap or overlap, for its journal ends at seq %d",
            entry.runId(),
            entry.position(),
            Attributes.whole(rowReason.item(), RunItem.N_EVENTS)));
  }

  private static boolean running(Map<String, AttributeValue> row) {
    return Attributes.findText(row, RunItem.STATUS)
        .filter(RunStatus.RUNNING.label()::equals)
        .isPresent();
  }

  private TransactWriteItem putOnce(Map<String, AttributeValue> item) {
    return TransactWriteItem.builder()
        .put(
            put ->
                put.tableName(journalTable)
                    .item(item)
                    .conditionExpression("attribute_not_exists(run_id)"))
        .build();
  }

  /** The run's row goes on by these events, if the run still runs and they are its next. */
  private TransactWriteItem advance(Event first, Event last) {
    return TransactWriteItem.builder()
        .update(
            update ->
                update
                    .tableName(catalogTable)
                    .key(RunItem.key(last.runId()))
                    .updateExpression(
                        "SET #n_events = :last_seq, #last_t = :last_t, #last_ts = :last_ts, "
                            + "#first_ts = if_not_exists(#first_ts, :first_ts)")
                    .conditionExpression("#status = :running AND #n_events = :before")
                    .expressionAttributeNames(
                        Map.of(
                            "#status", RunItem.STATUS,
                            "#n_events", RunItem.N_EVENTS,
                            "#last_t", RunItem.LAST_T,
                            "#first_ts", RunItem.FIRST_TS,
                            "#last_ts", RunItem.LAST_TS))
                    .expressionAttributeValues(
                        Map.of(
                            ":running", Attributes.of(RunStatus.RUNNING.label()),
                            ":before", Attributes.of(first.seq() - 1),
                            ":last_seq", Attributes.of(last.seq()),
                            ":last_t", Attributes.of(last.t()),
                            ":last_ts", time(last),
                            ":first_ts", time(first)))
                    .returnValuesOnConditionCheckFailure(
                        ReturnValuesOnConditionCheckFailure.ALL_OLD))
        .build();
  }

  private static AttributeValue time(Event event) {
    return Attributes.of(Timestamps.write(event.ts()));
  }

  @Override
  public List<JournalEntry> entries(String runId, long position, int limit) {
    requirePage(limit);
    List<JournalEntry> entries = new ArrayList<>();
    QueryPages pages = new QueryPages(dynamo, from(runId, position));
    while (entries.size() < limit && pages.more()) {
      for (Map<String, AttributeValue> item :
          pages.next(Math.min(limit - entries.size(), MAX_ITEMS))) {
        entries.add(EntryItem.read(item, large));
      }
    }
    return entries;
  }

  @Override
  public List<Event> events(String runId, long fromSeq, int limit) {
    requirePage(limit);
    if (fromSeq < 1) {
      throw new IllegalArgumentException("seq counts from 1, not " + fromSeq);
    }
    // The first event may stand inside an entry that begins before it.
    List<Map<String, AttributeValue>> floor = new QueryPages(dynamo, floor(runId, fromSeq)).next(1);
    List<Event> events = new ArrayList<>();
    long after = fromSeq;
    for (Map<String, AttributeValue> item : floor) {
      take(item, fromSeq, limit, events);
      after = Attributes.whole(item, EntryItem.POSITION) + 1;
    }
    QueryPages pages = new QueryPages(dynamo, from(runId, after));
    while (events.size() < limit && pages.more()) {
      for (Map<String, AttributeValue> item :
          pages.next(Math.min(limit - events.size(), MAX_ITEMS))) {
        take(item, fromSeq, limit, events);
      }
    }
    return events;
  }

  /** Adds the item's events from {@code fromSeq} on, while there is room. */
  private void take(Map<String, AttributeValue> item, long fromSeq, int limit, List<Event> events) {
    EntryItem.events(item)
        .filter(event -> event.seq() >= fromSeq)
        .limit(limit - events.size())
        .forEach(
            event -> {
              long expected = fromSeq + events.size();
              if (event.seq() != expected) {
                throw new IllegalStateException(
                    String.format(
                        Locale.ROOT,
                        "run %s: the journal has seq %d where %d belongs",
                        event.runId(),
                        event.seq(),
                        expected));
              }
              events.add(event.read(large));
            });
  }

  @Override
  public List<Written> newest(String runId, int limit) {
    if (limit < 1 || limit > MAX_ITEMS) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "the end of a journal is 1 to %d entries, not %d", MAX_ITEMS, limit));
    }
    return new QueryPages(dynamo, from(runId, 0).scanIndexForward(false))
        .next(limit).stream().map(EntryItem::written).toList();
  }

  @Override
  public Optional<Event> turnStart(String runId, int t) {
    QueryPages pages =
        new QueryPages(
            dynamo,
            from(runId, 0)
                .filterExpression("contains(#turn_starts, :t)")
                .expressionAttributeNames(
                    Map.of("#position", EntryItem.POSITION, "#turn_starts", EntryItem.TURN_STARTS))
                .expressionAttributeValues(
                    Map.of(
                        ":run_id", Attributes.of(runId),
                        ":position", Attributes.of(0L),
                        ":t", Attributes.of(t))));
    while (pages.more()) {
      Optional<Event> found =
          pages.next().stream()
              .flatMap(EntryItem::events)
              .filter(event -> event.starts(t))
              .findFirst()
              .map(event -> event.read(large));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  @Override
  public void expire(String runId, Instant at) {
    QueryPages pages =
        new QueryPages(
            dynamo,
            from(runId, 0)
                .filterExpression("attribute_not_exists(#expires_at)")
                .projectionExpression("#position")
                .expressionAttributeNames(
                    Map.of("#position", EntryItem.POSITION, "#expires_at", EntryItem.EXPIRES_AT)));
    while (pages.more()) {
      for (Map<String, AttributeValue> item : pages.next()) {
        expire(runId, Attributes.whole(item, EntryItem.POSITION), at);
      }
    }
  }

  private void expire(String runId, long position, Instant at) {
    try {
      dynamo.call(
          () ->
              dynamo
                  .client()
                  .updateItem(
                      update ->
                          update
                              .tableName(journalTable)
                              .key(EntryItem.key(runId, position))
                              .updateExpression("SET #expires_at = :at")
                              .conditionExpression(
                                  "attribute_exists(run_id) AND attribute_not_exists(#expires_at)")
                              .expressionAttributeNames(Map.of("#expires_at", EntryItem.EXPIRES_AT))
                              .expressionAttributeValues(
                                  Map.of(":at", Attributes.of(at.getEpochSecond())))));
    } catch (ConditionalCheckFailedException e) {
      // Another call was quicker, or the entry is gone: both are what was wanted.
    }
  }

  private QueryRequest.Builder from(String runId, long position) {
    return QueryRequest.builder()
        .tableName(journalTable)
        .consistentRead(true)
        .keyConditionExpression("run_id = :run_id AND #position >= :position")
        .expressionAttributeNames(Map.of("#position", EntryItem.POSITION))
        .expressionAttributeValues(
            Map.of(":run_id", Attributes.of(runId), ":position", Attributes.of(position)));
  }

  /** The last entry at or before this position. */
  private QueryRequest.Builder floor(String runId, long position) {
    return from(runId, position)
        .keyConditionExpression("run_id = :run_id AND #position <= :position")
        .scanIndexForward(false);
  }

  private static void requirePage(int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "a read of the journal returns 1 to %d, not %d", MAX_PAGE, limit));
    }
  }
}
