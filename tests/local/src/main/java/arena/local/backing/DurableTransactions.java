package arena.local.backing;

import software.amazon.awssdk.services.dynamodb.model.ListTablesRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.dynamodb.services.local.server.LocalDynamoDBRequestHandler;

/**
 * DynamoDB Local with transactions that are durable when they return. Without this, it responds
 * when the commit is in its queue, and loses the transaction if the process is killed then.
 */
final class DurableTransactions extends LocalDynamoDBRequestHandler {
  private static final ListTablesRequest ANY_REQUEST = ListTablesRequest.builder().limit(1).build();

  DurableTransactions(String folder, boolean shared, boolean slowStatuses) {
    super(0, false, folder, shared, slowStatuses);
  }

  @Override
  public TransactWriteItemsResponse transactWriteItems(
      String accessKey, String region, TransactWriteItemsRequest request) {
    TransactWriteItemsResponse response = super.transactWriteItems(accessKey, region, request);
    // The queue is processed in order: this request returns after the commit.
    listTables(accessKey, region, ANY_REQUEST);
    return response;
  }
}
