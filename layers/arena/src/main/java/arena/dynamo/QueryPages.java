package arena.dynamo;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;

/** Iterates over the pages of a query. DynamoDB ends a page at 1 MB at the latest. */
public final class QueryPages {
  /** Maximum number of pages. */
  public static final int MAX_PAGES = 1_000;

  private final DynamoClient calls;
  private final QueryRequest.Builder query;
  private int pagesRead;
  private boolean more = true;

  public QueryPages(DynamoClient calls, QueryRequest.Builder query) {
    this.calls = calls;
    this.query = query;
  }

  /** Whether there is another page. */
  public boolean more() {
    return more;
  }

  /** Reads the next page, which may be empty. */
  public List<Map<String, AttributeValue>> next() {
    return readPage().items();
  }

  /** Reads the next page with at most {@code limit} items. */
  public List<Map<String, AttributeValue>> next(int limit) {
    query.limit(limit);
    return readPage().items();
  }

  /** Reads the next page of a query with {@code Select.COUNT} and returns its count. */
  public int count() {
    return readPage().count();
  }

  private QueryResponse readPage() {
    if (pagesRead == MAX_PAGES) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "query of table %s exceeds %d pages",
              query.build().tableName(),
              MAX_PAGES));
    }
    pagesRead++;
    QueryResponse page = calls.call(() -> calls.client().query(query.build()));
    more = page.hasLastEvaluatedKey();
    query.exclusiveStartKey(more ? page.lastEvaluatedKey() : null);
    return page;
  }
}
