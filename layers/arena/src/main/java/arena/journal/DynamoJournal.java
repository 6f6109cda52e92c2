package arena.journal;

import arena.catalog.CounterItems;
import arena.catalog.RunItem;
import arena.codec.Timestamps;
import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.dynamo.QueryPages;
import arena.error.Dependency;
import arena.event.Event;
import arena.metrics.Metric;
import arena.metrics.Metrics;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunNotRunning;
import arena.run.RunStatus;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * The journal in DynamoDB, one item per entry. Texts that are too large for an item are stored in
 * S3 and loaded with the entry.
 */
public final class DynamoJournal implements Journal, JournalTail {
  /** Maximum number of entries or events per read. */
  public static final int MAX_PAGE = 1_000;

  /** Maximum number of items per query. */
  static final int MAX_ITEMS = 100;

  /**
   * Number of items of the first query for a page of events. Further queries have more, unless the
   * items are so large that DynamoDB ends a query at 1 MB.
   */
  private static final int FIRST_ITEMS = 10;

  private static final int GROWTH = 4;

  private final DynamoClient dynamo;
  private final PayloadStore payloads;
  private final EntryQueries queries;
  private final String journalTable;
  private final String catalogTable;
  private final InstantSource clock;
  private final Metrics metrics;

  /**
   * @param s3 used for texts that are too large for an item, which few runs have
   * @param bucket stores these texts
   * @param clock determines when entries expire
   * @param metrics records the number of new events
   */
  public DynamoJournal(
      DynamoDbClient dynamo,
      Supplier<S3Client> s3,
      String journalTable,
      String catalogTable,
      String bucket,
      InstantSource clock,
      Metrics metrics) {
    this.dynamo = new DynamoClient(dynamo, Dependency.JOURNAL);
    this.payloads = new PayloadStore(s3, bucket);
    this.queries = new EntryQueries(this.dynamo, journalTable);
    this.journalTable = journalTable;
    this.catalogTable = catalogTable;
    this.clock = clock;
    this.metrics = metrics;
  }

  @Override
  public void create(Run run, JournalEntry firstEntry) {
    if (firstEntry.position() != 0 || !firstEntry.runId().equals(run.runId())) {
      throw new IllegalArgumentException("the first entry must be of the run and at position 0");
    }
    Map<String, AttributeValue> row = new HashMap<>(RunItem.ofNew(run));
    row.put(RunItem.N_EVENTS, Attributes.of(firstEntry.nextSeq() - 1));
    if (!firstEntry.events().isEmpty()) {
      Event last = firstEntry.events().getLast();
      row.put(RunItem.LAST_T, Attributes.of(last.t()));
      row.put(RunItem.FIRST_TS, time(firstEntry.events().getFirst()));
      row.put(RunItem.LAST_TS, time(last));
    }
    Optional<List<CancellationReason>> rejection =
        dynamo.transact(
            putOnce(firstEntry),
            TransactWriteItem.builder()
                .put(
                    put ->
                        put.tableName(catalogTable)
                            .item(row)
                            .conditionExpression("attribute_not_exists(run_id)"))
                .build(),
            CounterItems.addRun(catalogTable, run.runId(), firstEntry.events().size()));
    if (rejection.isPresent()) {
      throw new EntryExists(run.runId(), 0);
    }
    metrics.count(Metric.EVENTS_PUBLISHED, firstEntry.events().size());
  }

  @Override
  public void append(JournalEntry entry) {
    if (entry.events().isEmpty()) {
      throw new IllegalArgumentException("an appended entry must have events");
    }
    Event first = entry.events().getFirst();
    Event last = entry.events().getLast();
    Optional<List<CancellationReason>> rejection =
        dynamo.transact(
            putOnce(entry),
            advance(first, last),
            CounterItems.addEvents(catalogTable, entry.runId(), entry.events().size()));
    if (rejection.isEmpty()) {
      metrics.count(Metric.EVENTS_PUBLISHED, entry.events().size());
      return;
    }
    // Check the row first: a fenced writer must stop even if its entry exists.
    CancellationReason entryReason = rejection.get().get(0);
    CancellationReason rowReason = rejection.get().get(1);
    if (DynamoClient.conditionFailed(rowReason) && !running(rowReason.item())) {
      throw new RunNotRunning(entry.runId());
    }
    if (DynamoClient.conditionFailed(entryReason)) {
      throw new EntryExists(entry.runId(), entry.position());
    }
    throw new IllegalStateException(
        String.format(
            Locale.ROOT,
            "run %s: the entry at position %d does not follow the journal's last seq %d",
            entry.runId(),
            entry.position(),
            Attributes.whole(rowReason.item(), RunItem.N_EVENTS)));
  }

  private static boolean running(Map<String, AttributeValue> row) {
    return Attributes.findText(row, RunItem.STATUS)
        .filter(RunStatus.RUNNING.label()::equals)
        .isPresent();
  }

  private TransactWriteItem putOnce(JournalEntry entry) {
    Map<String, AttributeValue> item =
        EntryItem.write(entry, clock.instant().plus(RETENTION), payloads);
    return TransactWriteItem.builder()
        .put(
            put ->
                put.tableName(journalTable)
                    .item(item)
                    .conditionExpression("attribute_not_exists(run_id)"))
        .build();
  }

  /** Advances the run's row, if the run is running and the events are its next. */
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
  public List<JournalEntry> entries(RunId runId, long position, int limit) {
    requirePage(limit);
    List<JournalEntry> entries = new ArrayList<>();
    QueryPages pages = queries.from(runId, position);
    while (entries.size() < limit && pages.more()) {
      for (Map<String, AttributeValue> item :
          pages.next(Math.min(limit - entries.size(), MAX_ITEMS))) {
        entries.add(EntryItem.read(item, payloads));
      }
    }
    return entries;
  }

  @Override
  public List<Event> events(RunId runId, long fromSeq, int limit, int maxBytes) {
    requirePage(limit);
    if (fromSeq < 1 || maxBytes < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "seq and max_bytes must be at least 1: %d, %d", fromSeq, maxBytes));
    }
    EventPage page = new EventPage(fromSeq, limit, maxBytes, payloads);
    // the first event may be inside an entry that starts before it
    List<Map<String, AttributeValue>> floor = queries.floor(runId, fromSeq).next(1);
    long after = fromSeq;
    for (Map<String, AttributeValue> item : floor) {
      page.add(item);
      after = Attributes.whole(item, EntryItem.POSITION) + 1;
    }
    QueryPages pages = queries.from(runId, after);
    int items = FIRST_ITEMS;
    while (page.room() > 0 && pages.more()) {
      List<Map<String, AttributeValue>> found = pages.next(Math.min(page.room(), items));
      found.forEach(page::add);
      items = found.size() < items ? found.size() + 1 : Math.min(MAX_ITEMS, items * GROWTH);
    }
    return page.events();
  }

  @Override
  public List<EntrySummary> newest(RunId runId, int limit) {
    if (limit < 1 || limit > MAX_ITEMS) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "limit must be from 1 to %d: %d", MAX_ITEMS, limit));
    }
    return queries.newestFirst(runId).next(limit).stream().map(EntryItem::summary).toList();
  }

  @Override
  public Optional<Event> turnStart(RunId runId, int t) {
    return new TurnStarts(queries, payloads).find(runId, t);
  }

  @Override
  public List<Event> turnStarts(RunId runId, long fromSeq, int maxBytes) {
    return new TurnStarts(queries, payloads).page(runId, fromSeq, maxBytes);
  }

  @Override
  public void postponeModel(RunId runId, long position, Instant until) {
    set(
        runId,
        position,
        EntryItem.MODEL_NOT_BEFORE,
        Attributes.of(Timestamps.write(until)),
        "attribute_exists(run_id)");
  }

  @Override
  public void postponeExpiry(RunId runId) {
    Instant now = clock.instant();
    // The first entry expires first and is updated last, so its expiry shows whether all is done.
    boolean due =
        queries.from(runId, 0).next(1).stream()
            .flatMap(item -> Attributes.findWhole(item, EntryItem.EXPIRES_AT).stream())
            .anyMatch(at -> at < now.plus(MIN_REMAINING).getEpochSecond());
    if (!due) {
      return;
    }
    QueryPages pages =
        queries.pages(
            queries
                .builder(runId, 0)
                .scanIndexForward(false)
                .projectionExpression("#position")
                .expressionAttributeNames(Map.of("#position", EntryItem.POSITION)));
    while (pages.more()) {
      for (Map<String, AttributeValue> item : pages.next()) {
        set(
            runId,
            Attributes.whole(item, EntryItem.POSITION),
            EntryItem.EXPIRES_AT,
            Attributes.of(now.plus(RETENTION).getEpochSecond()),
            "#attribute < :value");
      }
    }
  }

  /** Sets an entry's attribute, unless the condition fails, such as when the entry is deleted. */
  private void set(
      RunId runId, long position, String attribute, AttributeValue value, String condition) {
    dynamo.updateIf(
        update ->
            update
                .tableName(journalTable)
                .key(EntryItem.key(runId, position))
                .updateExpression("SET #attribute = :value")
                .conditionExpression(condition)
                .expressionAttributeNames(Map.of("#attribute", attribute))
                .expressionAttributeValues(Map.of(":value", value)));
  }

  private static void requirePage(int limit) {
    if (limit < 1 || limit > MAX_PAGE) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "limit must be from 1 to %d: %d", MAX_PAGE, limit));
    }
  }
}
