package arena.journal;

import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.dynamo.QueryPages;
import arena.run.RunId;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;

/** Consistent queries over a run's items in the journal table. */
final class EntryQueries {
  private final DynamoClient dynamo;
  private final String table;

  EntryQueries(DynamoClient dynamo, String table) {
    this.dynamo = dynamo;
    this.table = table;
  }

  /** Queries the entries from a position, in order. */
  QueryPages from(RunId runId, long position) {
    return pages(builder(runId, position));
  }

  /** Queries the entries, newest first. */
  QueryPages newestFirst(RunId runId) {
    return pages(builder(runId, 0).scanIndexForward(false));
  }

  /** Queries the entries at or before a position, nearest first. */
  QueryPages floor(RunId runId, long position) {
    return pages(
        builder(runId, position)
            .keyConditionExpression("run_id = :run_id AND #position <= :position")
            .scanIndexForward(false));
  }

  /** Runs a query. */
  QueryPages pages(QueryRequest.Builder query) {
    return new QueryPages(dynamo, query);
  }

  /** A query of the entries from a position, to be changed further. */
  QueryRequest.Builder builder(RunId runId, long position) {
    return QueryRequest.builder()
        .tableName(table)
        .consistentRead(true)
        .keyConditionExpression("run_id = :run_id AND #position >= :position")
        .expressionAttributeNames(Map.of("#position", EntryItem.POSITION))
        .expressionAttributeValues(
            Map.of(":run_id", Attributes.of(runId.value()), ":position", Attributes.of(position)));
  }
}
