package arena.comparison;

import static arena.comparison.ComparisonItem.CREATED_AT;
import static arena.comparison.ComparisonItem.ID;
import static arena.comparison.ComparisonItem.ITEM;
import static arena.comparison.ComparisonItem.KIND;
import static arena.comparison.ComparisonItem.OPEN;
import static arena.comparison.ComparisonItem.PLAN;

import arena.codec.Timestamps;
import arena.dynamo.Attributes;
import arena.dynamo.QueryPages;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/** The lists of comparisons: queries of the indexes of their table. */
record ComparisonLists(PlanTable table) {
  /** See {@link Comparisons#list}. */
  ComparisonPage list(ComparisonKind kind, int limit, Optional<String> cursor) {
    requireLimit(limit, Comparisons.MAX_PAGE);
    AttributeValue partition = Attributes.of(kind.label());
    QueryRequest.Builder query = query(KIND, partition).scanIndexForward(false);
    cursor
        .map(text -> ComparisonCursor.read(kind, text))
        .ifPresent(
            last ->
                query.exclusiveStartKey(
                    Map.of(
                        KIND,
                        partition,
                        CREATED_AT,
                        Attributes.of(Timestamps.write(last.createdAt())),
                        ID,
                        Attributes.of(last.id().value()),
                        ITEM,
                        Attributes.of(PLAN))));
    // one more, to know whether there is a next page
    List<Comparison> found = rows(query, limit + 1);
    if (found.size() <= limit) {
      return new ComparisonPage(found, Optional.empty());
    }
    List<Comparison> page = List.copyOf(found.subList(0, limit));
    Comparison last = page.getLast();
    return new ComparisonPage(
        page, Optional.of(new ComparisonCursor(kind, last.createdAt(), last.id()).write()));
  }

  /** See {@link Comparisons#open}. */
  List<Comparison> open(int limit) {
    requireLimit(limit, Comparisons.MAX_OPEN);
    return rows(query(OPEN, ComparisonItem.IN), limit).stream()
        .filter(comparison -> comparison.progress().open())
        .toList();
  }

  private static void requireLimit(int limit, int max) {
    if (limit < 1 || limit > max) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "limit must be from 1 to %d: %d", max, limit));
    }
  }

  private QueryRequest.Builder query(String index, AttributeValue partition) {
    return QueryRequest.builder()
        .tableName(table.name())
        .indexName(index)
        .keyConditionExpression("#index = :in")
        .expressionAttributeNames(Map.of("#index", index))
        .expressionAttributeValues(Map.of(":in", partition));
  }

  /** Reads the plans that a query of an index finds, in its order. */
  private List<Comparison> rows(QueryRequest.Builder query, int limit) {
    QueryPages pages = new QueryPages(table.dynamo(), query);
    List<ComparisonId> ids = new ArrayList<>();
    while (ids.size() < limit && pages.more()) {
      pages.next(limit - ids.size()).stream().map(ComparisonItem::id).forEach(ids::add);
    }
    Map<ComparisonId, Comparison> rows = new HashMap<>();
    for (Map<String, AttributeValue> item :
        table.dynamo().getAll(table.name(), ids.stream().map(ComparisonItem::planKey).toList())) {
      Comparison comparison = ComparisonItem.read(item);
      rows.put(comparison.id(), comparison);
    }
    return ids.stream().filter(rows::containsKey).map(rows::get).toList();
  }
}
