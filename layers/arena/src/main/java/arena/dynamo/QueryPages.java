package arena.dynamo;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/** A query's pages, one after the other. DynamoDB ends a page at 1 MB, or where it likes. */
public final class QueryPages {
  /** Most pages of one query. */
  public static final int MAX_PAGES = 1_000;

  private final DynamoClient calls;
  private final QueryRequest.Builder query;
  private int read;
  private boolean more = true;

  /** Pages of this query. */
  public QueryPages(DynamoClient calls, QueryRequest.Builder query) {
    this.calls = calls;
    this.query = query;
  }

  /** Whether there may be another page. */
  public boolean more() {
    return more;
  }

  /** The items of the next page, as large as the table makes it; it may be empty. */
  public List<Map<String, AttributeValue>> next() {
    return read().items();
  }

  /** The items of the next page, no more than these. */
  public List<Map<String, AttributeValue>> next(int items) {
    query.limit(items);
    return read().items();
  }

  /** How many items are on the next page, of a query that only counts. */
  public int count() {
    return read().count();
  }

  private QueryResponse read() {
    if (read == MAX_PAGES) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "a query of %s has more than %d pages",
              query.build().tableName(),
              MAX_PAGES));
    }
    read++;
    QueryResponse page = calls.call(() -> calls.client().query(query.build()));
    more = page.hasLastEvaluatedKey();
    query.exclusiveStartKey(more ? page.lastEvaluatedKey() : null);
    return page;
  }
}
