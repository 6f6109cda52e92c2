package arena.dynamo;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * One store's calls to DynamoDB. What only met another write is tried again, within bounds; what
 * can be tried later is told apart from what cannot, in the store's own words.
 */
public final class DynamoClient {
  /** Most keys of one {@link #getAll}. */
  public static final int MAX_GET = 100;

  /** Most writes of one {@link #writeAll}. */
  public static final int MAX_WRITE = 25;

  private static final String CONDITION_FAILED = "ConditionalCheckFailed";
  private static final Set<String> PASSING =
      Set.of("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded");

  private final DynamoDbClient client;
  private final BiFunction<String, Throwable, RuntimeException> unavailable;

  /**
   * Calls by this client.
   *
   * @param unavailable makes the store's exception for what is worth a retry later
   */
  public DynamoClient(
      DynamoDbClient client, BiFunction<String, Throwable, RuntimeException> unavailable) {
    this.client = client;
    this.unavailable = unavailable;
  }

  /** The client, for {@link #call}. */
  public DynamoDbClient client() {
    return client;
  }

  /**
   * Does a call, again if a transaction held its item. Anything else that the service refuses, such
   * as a condition, is thrown as it comes.
   */
  public <T> T call(Supplier<T> call) {
    for (int attempt = 1; ; attempt++) {
      try {
        return call.get();
      } catch (TransactionConflictException e) {
        pause(attempt, e);
      } catch (SdkClientException e) {
        throw unavailable.apply("DynamoDB does not answer", e);
      } catch (AwsServiceException e) {
        throw worthARetry(e) ? unavailable.apply("DynamoDB is too busy", e) : e;
      }
    }
  }

  /**
   * Writes all of these, or none.
   *
   * <p>One token stands for all attempts, so that one whose answer was lost is not refused for its
   * own sake.
   *
   * @return empty if they are written; else why not, for each in order, of which at least one has
   *     {@linkplain #conditionFailed failed its condition}
   */
  public Optional<List<CancellationReason>> transact(TransactWriteItem... items) {
    String token = UUID.randomUUID().toString();
    for (int attempt = 1; ; attempt++) {
      try {
        client.transactWriteItems(
            request -> request.transactItems(items).clientRequestToken(token));
        return Optional.empty();
      } catch (TransactionCanceledException e) {
        List<CancellationReason> reasons = e.cancellationReasons();
        if (reasons.stream().anyMatch(reason -> PASSING.contains(reason.code()))) {
          pause(attempt, e);
        } else if (reasons.stream().anyMatch(DynamoClient::conditionFailed)) {
          return Optional.of(reasons);
        } else {
          throw e;
        }
      } catch (TransactionInProgressException e) {
        pause(attempt, e); // an attempt of ours whose answer was lost
      } catch (SdkClientException e) {
        throw unavailable.apply("DynamoDB does not answer", e);
      } catch (AwsServiceException e) {
        throw worthARetry(e) ? unavailable.apply("DynamoDB is too busy", e) : e;
      }
    }
  }

  /** Whether the condition of the item with this reason did not hold. */
  public static boolean conditionFailed(CancellationReason reason) {
    return CONDITION_FAILED.equals(reason.code());
  }

  /**
   * Reads items by their keys, as they are now, in whatever order they come; those that are not
   * there are left out.
   *
   * @param keys at most {@value #MAX_GET}
   */
  public List<Map<String, AttributeValue>> getAll(
      String table, List<Map<String, AttributeValue>> keys) {
    List<Map<String, AttributeValue>> items = new ArrayList<>(keys.size());
    Map<String, KeysAndAttributes> left = new HashMap<>();
    if (!keys.isEmpty()) {
      left.put(table, KeysAndAttributes.builder().keys(keys).consistentRead(true).build());
    }
    for (int attempt = 1; !left.isEmpty(); attempt++) {
      Map<String, KeysAndAttributes> asked = Map.copyOf(left);
      BatchGetItemResponse answer =
          call(() -> client.batchGetItem(request -> request.requestItems(asked)));
      items.addAll(answer.responses().getOrDefault(table, List.of()));
      left = answer.unprocessedKeys();
      if (!left.isEmpty()) {
        pause(attempt, null);
      }
    }
    return items;
  }

  /**
   * Writes these, each for itself.
   *
   * @param writes at most {@value #MAX_WRITE}
   */
  public void writeAll(String table, List<WriteRequest> writes) {
    Map<String, List<WriteRequest>> left = new HashMap<>();
    if (!writes.isEmpty()) {
      left.put(table, writes);
    }
    for (int attempt = 1; !left.isEmpty(); attempt++) {
      Map<String, List<WriteRequest>> asked = Map.copyOf(left);
      BatchWriteItemResponse answer =
          call(() -> client.batchWriteItem(request -> request.requestItems(asked)));
      left = answer.unprocessedItems();
      if (!left.isEmpty()) {
        pause(attempt, null);
      }
    }
  }

  private void pause(int attempt, Throwable cause) {
    if (attempt >= Backoff.MAX_ATTEMPTS) {
      throw unavailable.apply(
          String.format(Locale.ROOT, "DynamoDB put a call off %d times", Backoff.MAX_ATTEMPTS),
          cause);
    }
    try {
      Backoff.pause(attempt);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable.apply("the wait for DynamoDB was interrupted", e);
    }
  }

  private static boolean worthARetry(AwsServiceException e) {
    return e.isThrottlingException() || e.statusCode() >= 500;
  }
}
