package arena.catalog;

import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.dynamo.QueryPages;
import arena.run.Limits;
import arena.run.Run;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.Select;

/**
 * Lists of the catalog, each an index of its table. An index has keys only and may be a moment
 * behind, so rows are read from the table, and those that have left the list are omitted.
 */
final class CatalogLists {
  /** Attempts at a count of all events. */
  private static final int COUNTS = 5;

  private final DynamoClient dynamo;
  private final String table;

  CatalogLists(DynamoClient dynamo, String table) {
    this.dynamo = dynamo;
    this.table = table;
  }

  /** A page of runs, newest first; see {@link Catalog#list}. */
  RunPage list(Catalog.Which which, int limit, Optional<String> cursor) {
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

  /** The first of the runs that the broker may hold; see {@link Catalog#held}. */
  List<Run> held(int limit) {
    return listed(RunItem.HELD, limit, DynamoCatalog.MAX_HELD);
  }

  /** The first of the running runs; see {@link RunningRunQuery#running}. */
  List<Run> running(int limit) {
    return listed(RunItem.RUNNING, limit, DynamoCatalog.MAX_RUNNING);
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

  /** The number of running runs. */
  long countRunning() {
    long count = 0;
    QueryPages pages = new QueryPages(dynamo, query(RunItem.RUNNING).select(Select.COUNT));
    while (pages.more()) {
      count += pages.count();
    }
    return count;
  }

  /** The number of events of all runs. */
  long countEvents() {
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
    return dynamo
        .get(table, RunItem.key(RunItem.RELEASED))
        .map(item -> Attributes.whole(item, RunItem.N_EVENTS))
        .orElse(0L);
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
