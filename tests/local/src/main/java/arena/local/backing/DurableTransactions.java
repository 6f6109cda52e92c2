package arena.local.backing;

import software.amazon.awssdk.services.dynamodb.model.ListTablesRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;

/**
 * DynamoDB Local in a folder, which answers a transaction when it is committed there. By itself it
 * puts the commit in the queue of its database and answers: killed then, it has lost what it said
 * was written.
 */
final class DurableTransactions extends LocalDynamoDBRequestHandler {
  private static final ListTablesRequest ANYTHING = ListTablesRequest.builder().limit(1).build();

  DurableTransactions(String folder, boolean shared, boolean slowStatuses) {
    super(0, false, folder, shared, slowStatuses);
  }

  @Override
  public TransactWriteItemsResponse transactWriteItems(
      String accessKey, String region, TransactWriteItemsRequest request) {
    TransactWriteItemsResponse answer = super.transactWriteItems(accessKey, region, request);
    // The queue is worked off in order: what is asked for after the commit is answered after it.
    listTables(accessKey, region, ANYTHING);
    return answer;
  }
}
