package arena.catalog;

import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.dynamo.QueryPages;
import arena.run.Limits;
import arena.run.Run;
import arena.run.RunId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
    Partition partition = Partition.of(filter);
    QueryRequest.Builder query = query(partition).scanIndexForward(false);
    cursor.ifPresent(
        text ->
            query.exclusiveStartKey(
                ListCursor.read(partition.index(), text).key(partition.value())));
    boolean searches = partition.narrowedBy(filter);
    int most = searches ? Limits.MAX_RUNS_SEARCHED : limit;
    int batch = searches ? Limits.MAX_RUNS_PAGE : limit;
    QueryPages pages = new QueryPages(dynamo, query);
    Deque<Map<String, AttributeValue>> keys = new ArrayDeque<>();
    List<Run> found = new ArrayList<>();
    Map<String, AttributeValue> last = Map.of();
    int read = 0;
    while (read < most && found.size() < limit) {
      // read one key more to know whether there is a next page
      while (keys.size() <= batch && pages.more()) {
        keys.addAll(pages.next(batch + 1 - keys.size()));
      }
      if (keys.isEmpty()) {
        break;
      }
      List<Map<String, AttributeValue>> next = keys.stream().limit(batch).toList();
      Map<RunId, Run> runs = new HashMap<>();
      rows(next, row -> partition.holds(row)).forEach(run -> runs.put(run.runId(), run));
      for (Map<String, AttributeValue> key : next) {
        if (found.size() == limit) {
          break;
        }
        last = keys.remove();
        read++;
        Run run = runs.get(RunItem.runId(key));
        if (run != null && filter.matches(run)) {
          found.add(run);
        }
      }
    }
    return new RunPage(
        found,
        keys.isEmpty()
            ? Optional.empty()
            : Optional.of(ListCursor.at(partition.index(), last).write()));
  }

  /**
   * The part of an index that has the runs of a filter, and maybe others.
   *
   * @param index its index, which is also the name of the attribute
   */
  private record Partition(String index, AttributeValue value) {
    /** The one with the fewest runs: a run has few children, and few runs are running. */
    static Partition of(Catalog.Filter filter) {
      return filter
          .parent()
          .map(parent -> new Partition(RunItem.PARENT, Attributes.of(parent.value())))
          .or(
              () ->
                  filter
                      .status()
                      .map(status -> new Partition(RunItem.STATUS, Attributes.of(status.label()))))
          .orElse(new Partition(filter.archived() ? RunItem.ARCHIVED : RunItem.LISTED, RunItem.IN));
    }

    /** Whether the filter has conditions that the index does not answer. */
    boolean narrowedBy(Catalog.Filter filter) {
      return filter.text().isPresent()
          || (filter.parent().isPresent() && filter.status().isPresent())
          || (filter.archived() && !index.equals(RunItem.ARCHIVED));
    }

    boolean holds(Map<String, AttributeValue> row) {
      return value.equals(row.get(index));
    }
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
    QueryPages pages = new QueryPages(dynamo, query(new Partition(index, RunItem.IN)));
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

  /** Queries a part of an index, oldest first. */
  private QueryRequest.Builder query(Partition partition) {
    return QueryRequest.builder()
        .tableName(table)
        .indexName(partition.index())
        .keyConditionExpression("#index = :in")
        .expressionAttributeNames(Map.of("#index", partition.index()))
        .expressionAttributeValues(Map.of(":in", partition.value()));
  }
}
