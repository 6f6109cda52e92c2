package arena.catalog;

import arena.dynamo.DynamoClient;
import arena.dynamo.QueryPages;
import arena.run.Limits;
import arena.run.Run;
import arena.run.RunId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/**
 * Lists of the catalog, each an index of its table. Indexes have only keys and are eventually
 * consistent, so rows are read from the table, and those that have left the list are omitted.
 */
final class CatalogLists {
  /** Maximum number of keys of one query; their rows are read several calls at a time. */
  private static final int MAX_KEYS = 1_000;

  private final DynamoClient dynamo;
  private final String table;

  CatalogLists(DynamoClient dynamo, String table) {
    this.dynamo = dynamo;
    this.table = table;
  }

  /** A page of runs, newest first; see {@link Catalog#list}. */
  RunPage list(Catalog.Filter filter, int limit, Optional<String> cursor) {
    if (limit < 1 || limit > Limits.MAX_RUNS_PAGE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "limit must be from 1 to %d: %d", Limits.MAX_RUNS_PAGE, limit));
    }
    String index =
        switch (filter) {
          case ALL -> RunItem.LISTED;
          case ARCHIVED -> RunItem.ARCHIVED;
        };
    QueryRequest.Builder query = query(index).scanIndexForward(false);
    cursor.ifPresent(text -> query.exclusiveStartKey(ListCursor.read(index, text).key()));
    // read one more to know whether there is a next page
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
    return listed(RunItem.HELD, limit, Catalog.MAX_HELD);
  }

  /** The first of the running runs; see {@link RunningRunQuery#running}. */
  List<Run> running(int limit) {
    return listed(RunItem.RUNNING, limit, DynamoCatalog.MAX_RUNNING);
  }

  /** Reads the first rows of an index. */
  private List<Run> listed(String index, int limit, int max) {
    if (limit < 1 || limit > max) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "limit of %s must be from 1 to %d: %d", index, max, limit));
    }
    List<Run> runs = new ArrayList<>();
    QueryPages pages = new QueryPages(dynamo, query(index));
    while (runs.size() < limit && pages.more()) {
      int room = Math.min(limit - runs.size(), MAX_KEYS);
      runs.addAll(rows(pages.next(room), row -> row.containsKey(index)));
    }
    return runs;
  }

  /** Reads the rows of these keys, in order, and keeps those that are still in the list. */
  private List<Run> rows(
      List<Map<String, AttributeValue>> keys, Predicate<Map<String, AttributeValue>> inList) {
    Map<RunId, Map<String, AttributeValue>> rows = new HashMap<>();
    List<RunId> runIds = keys.stream().map(RunItem::runId).toList();
    for (Map<String, AttributeValue> row :
        dynamo.getAll(table, runIds.stream().map(RunItem::key).toList())) {
      rows.put(RunItem.runId(row), row);
    }
    return runIds.stream()
        .filter(rows::containsKey)
        .map(rows::get)
        .filter(inList)
        .map(RunItem::read)
        .toList();
  }

  /** Queries an index, oldest first. */
  private QueryRequest.Builder query(String index) {
    return QueryRequest.builder()
        .tableName(table)
        .indexName(index)
        .keyConditionExpression("#index = :in")
        .expressionAttributeNames(Map.of("#index", index))
        .expressionAttributeValues(Map.of(":in", RunItem.IN));
  }
}
