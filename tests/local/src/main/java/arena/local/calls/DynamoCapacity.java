package arena.local.calls;

import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.ConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemRequest;
import software.amazon.awssdk.services.dynamodb.model.DeleteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.GetItemRequest;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.PutItemRequest;
import software.amazon.awssdk.services.dynamodb.model.PutItemResponse;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.QueryResponse;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.ScanRequest;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItemsResponse;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/** Reads the capacity that DynamoDB reports for the operations that the product uses. */
final class DynamoCapacity {
  /** With the capacity of the indexes in the total. */
  private static final ReturnConsumedCapacity TOTAL = ReturnConsumedCapacity.TOTAL;

  private DynamoCapacity() {}

  /** Returns the request so that its response has the consumed capacity. */
  static SdkRequest requested(SdkRequest request) {
    return switch (request) {
      case GetItemRequest get -> get.toBuilder().returnConsumedCapacity(TOTAL).build();
      case BatchGetItemRequest get -> get.toBuilder().returnConsumedCapacity(TOTAL).build();
      case QueryRequest query -> query.toBuilder().returnConsumedCapacity(TOTAL).build();
      case ScanRequest scan -> scan.toBuilder().returnConsumedCapacity(TOTAL).build();
      case PutItemRequest put -> put.toBuilder().returnConsumedCapacity(TOTAL).build();
      case UpdateItemRequest update -> update.toBuilder().returnConsumedCapacity(TOTAL).build();
      case DeleteItemRequest delete -> delete.toBuilder().returnConsumedCapacity(TOTAL).build();
      case BatchWriteItemRequest write -> write.toBuilder().returnConsumedCapacity(TOTAL).build();
      case TransactWriteItemsRequest write ->
          write.toBuilder().returnConsumedCapacity(TOTAL).build();
      default -> request;
    };
  }

  /** Returns the capacity in a response; none for other operations and services. */
  static CallUsage consumed(SdkResponse response) {
    return switch (response) {
      case GetItemResponse get -> read(Stream.ofNullable(get.consumedCapacity()).toList());
      case BatchGetItemResponse get -> read(get.consumedCapacity());
      case QueryResponse query -> read(Stream.ofNullable(query.consumedCapacity()).toList());
      case ScanResponse scan -> read(Stream.ofNullable(scan.consumedCapacity()).toList());
      case PutItemResponse put -> written(Stream.ofNullable(put.consumedCapacity()).toList());
      case UpdateItemResponse update ->
          written(Stream.ofNullable(update.consumedCapacity()).toList());
      case DeleteItemResponse delete ->
          written(Stream.ofNullable(delete.consumedCapacity()).toList());
      case BatchWriteItemResponse write -> written(write.consumedCapacity());
      case TransactWriteItemsResponse write -> written(write.consumedCapacity());
      default -> CallUsage.NONE;
    };
  }

  private static CallUsage read(List<ConsumedCapacity> consumed) {
    return CallUsage.capacity(sum(consumed), 0);
  }

  private static CallUsage written(List<ConsumedCapacity> consumed) {
    return CallUsage.capacity(0, sum(consumed));
  }

  private static double sum(List<ConsumedCapacity> consumed) {
    return consumed.stream().mapToDouble(ConsumedCapacity::capacityUnits).sum();
  }
}
