package arena.dynamo;

import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.retry.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BatchGetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.BatchWriteItemResponse;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.TransactionCanceledException;
import software.amazon.awssdk.services.dynamodb.model.TransactionConflictException;
import software.amazon.awssdk.services.dynamodb.model.TransactionInProgressException;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemRequest;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * A store's DynamoDB client. Retries calls that conflicted with another write, a limited number of
 * times, and maps retryable errors to {@link DependencyUnavailable}. Thread-safe.
 */
public final class DynamoClient {
  /** Maximum number of keys of one {@link #batchGet}. */
  public static final int MAX_GET = 100;

  /** Maximum number of calls at a time of {@link #getAll}. */
  private static final int MAX_CONCURRENT_GETS = 4;

  /** Maximum number of writes of one {@link #batchWrite}. */
  public static final int MAX_WRITE = 25;

  /** The last attempt starts within 3 seconds. */
  private static final RetryPolicy RETRY =
      RetryPolicy.withFullJitter(8, Duration.ofMillis(20), Duration.ofMillis(800));

  private static final String CONDITION_FAILED = "ConditionalCheckFailed";
  private static final Set<String> RETRYABLE_REASONS =
      Set.of("TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded");

  private final DynamoDbClient client;
  private final Dependency store;

  /**
   * @param store the dependency that retryable errors make unavailable
   */
  public DynamoClient(DynamoDbClient client, Dependency store) {
    this.client = client;
    this.store = store;
  }

  /** The SDK client, for use in {@link #call}. */
  public DynamoDbClient client() {
    return client;
  }

  /** Reads an item, as it is now (a consistent read). */
  public Optional<Map<String, AttributeValue>> get(String table, Map<String, AttributeValue> key) {
    GetItemResponse found =
        call(() -> client.getItem(get -> get.tableName(table).key(key).consistentRead(true)));
    return found.hasItem() ? Optional.of(found.item()) : Optional.empty();
  }

  /**
   * Updates an item under a condition.
   *
   * @param update sets table, key, expressions and condition
   * @return the attributes that the request asks for; empty if the condition failed
   */
  public Optional<Map<String, AttributeValue>> updateIf(
      Consumer<UpdateItemRequest.Builder> update) {
    UpdateItemRequest request = UpdateItemRequest.builder().applyMutation(update).build();
    try {
      return Optional.of(call(() -> client.updateItem(request)).attributes());
    } catch (ConditionalCheckFailedException _) {
      return Optional.empty();
    }
  }

  /**
   * Makes a call, retrying it on a transaction conflict. Other service errors, such as a failed
   * condition, are rethrown.
   */
  public <T> T call(Supplier<T> call) {
    RetryPolicy.Attempts attempts = RETRY.start(Thread::sleep);
    while (true) {
      try {
        return call.get();
      } catch (TransactionConflictException e) {
        pause(attempts, e);
      } catch (SdkClientException e) {
        throw store.unavailable("DynamoDB did not answer", e);
      } catch (AwsServiceException e) {
        throw isRetryable(e) ? store.unavailable("DynamoDB is overloaded", e) : e;
      }
    }
  }

  /**
   * Writes all items or none.
   *
   * <p>All attempts use one client token, so that a retry after a lost response succeeds.
   *
   * @return empty on success; otherwise the reason per item, of which at least one is a {@linkplain
   *     #conditionFailed failed condition}
   */
  public Optional<List<CancellationReason>> transact(TransactWriteItem... items) {
    return transactOnce(UUID.randomUUID().toString(), items);
  }

  /**
   * Writes all items or none, once for calls with the same token within ten minutes; see {@link
   * #transact}.
   *
   * @param token at most 36 characters
   */
  public Optional<List<CancellationReason>> transactOnce(String token, TransactWriteItem... items) {
    RetryPolicy.Attempts attempts = RETRY.start(Thread::sleep);
    while (true) {
      try {
        client.transactWriteItems(
            request -> request.transactItems(items).clientRequestToken(token));
        return Optional.empty();
      } catch (TransactionCanceledException e) {
        List<CancellationReason> reasons = e.cancellationReasons();
        if (reasons.stream().anyMatch(reason -> RETRYABLE_REASONS.contains(reason.code()))) {
          pause(attempts, e);
        } else if (reasons.stream().anyMatch(DynamoClient::conditionFailed)) {
          return Optional.of(reasons);
        } else {
          throw e;
        }
      } catch (TransactionInProgressException e) {
        pause(attempts, e); // an earlier attempt whose response was lost
      } catch (SdkClientException e) {
        throw store.unavailable("DynamoDB did not answer", e);
      } catch (AwsServiceException e) {
        throw isRetryable(e) ? store.unavailable("DynamoDB is overloaded", e) : e;
      }
    }
  }

  /** Whether the reason is a failed condition. */
  public static boolean conditionFailed(CancellationReason reason) {
    return CONDITION_FAILED.equals(reason.code());
  }

  /**
   * Reads items by key with consistent reads, in any order; missing items are omitted.
   *
   * @param keys at most {@value #MAX_GET}
   */
  public List<Map<String, AttributeValue>> batchGet(
      String table, List<Map<String, AttributeValue>> keys) {
    List<Map<String, AttributeValue>> items = new ArrayList<>(keys.size());
    Map<String, KeysAndAttributes> remaining = new HashMap<>();
    if (!keys.isEmpty()) {
      remaining.put(table, KeysAndAttributes.builder().keys(keys).consistentRead(true).build());
    }
    RetryPolicy.Attempts attempts = RETRY.start(Thread::sleep);
    while (!remaining.isEmpty()) {
      Map<String, KeysAndAttributes> batch = Map.copyOf(remaining);
      BatchGetItemResponse response =
          call(() -> client.batchGetItem(request -> request.requestItems(batch)));
      items.addAll(response.responses().getOrDefault(table, List.of()));
      remaining = response.unprocessedKeys();
      if (!remaining.isEmpty()) {
        pause(attempts, null);
      }
    }
    return items;
  }

  /**
   * Reads any number of items with several {@link #batchGet} at a time.
   *
   * @throws DependencyUnavailable if one of the calls fails
   */
  public List<Map<String, AttributeValue>> getAll(
      String table, List<Map<String, AttributeValue>> keys) {
    if (keys.size() <= MAX_GET) {
      return batchGet(table, keys);
    }
    List<Map<String, AttributeValue>> items = new ArrayList<>(keys.size());
    try (ExecutorService threads =
        Executors.newFixedThreadPool(MAX_CONCURRENT_GETS, Thread.ofVirtual().factory())) {
      List<Future<List<Map<String, AttributeValue>>>> batches = new ArrayList<>();
      for (int from = 0; from < keys.size(); from += MAX_GET) {
        List<Map<String, AttributeValue>> batch =
            keys.subList(from, Math.min(keys.size(), from + MAX_GET));
        batches.add(threads.submit(() -> batchGet(table, batch)));
      }
      try {
        for (Future<List<Map<String, AttributeValue>>> batch : batches) {
          items.addAll(batch.get());
        }
      } catch (ExecutionException e) {
        threads.shutdownNow();
        throw e.getCause() instanceof RuntimeException failure
            ? failure
            : new IllegalStateException(e.getCause());
      } catch (InterruptedException e) {
        threads.shutdownNow();
        Thread.currentThread().interrupt();
        throw store.unavailable("interrupted while waiting for DynamoDB", e);
      }
    }
    return items;
  }

  /**
   * Writes items individually, without a transaction.
   *
   * @param writes at most {@value #MAX_WRITE}
   */
  public void batchWrite(String table, List<WriteRequest> writes) {
    Map<String, List<WriteRequest>> remaining = new HashMap<>();
    if (!writes.isEmpty()) {
      remaining.put(table, writes);
    }
    RetryPolicy.Attempts attempts = RETRY.start(Thread::sleep);
    while (!remaining.isEmpty()) {
      Map<String, List<WriteRequest>> batch = Map.copyOf(remaining);
      BatchWriteItemResponse response =
          call(() -> client.batchWriteItem(request -> request.requestItems(batch)));
      remaining = response.unprocessedItems();
      if (!remaining.isEmpty()) {
        pause(attempts, null);
      }
    }
  }

  /** Waits before the next attempt; throws the store's exception if none remains. */
  private void pause(RetryPolicy.Attempts attempts, @Nullable Throwable cause) {
    try {
      if (!attempts.waitForNext()) {
        throw store.unavailable(
            String.format(Locale.ROOT, "DynamoDB rejected a call %d times", RETRY.maxAttempts()),
            cause);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw store.unavailable("interrupted while waiting for DynamoDB", e);
    }
  }

  private static boolean isRetryable(AwsServiceException e) {
    return e.isThrottlingException() || e.statusCode() >= 500;
  }
}
