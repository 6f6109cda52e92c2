package arena.local.backing;

import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.Projection;
import software.amazon.awssdk.services.dynamodb.model.ProjectionType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/**
 * A table to create.
 *
 * @param request the request that creates it
 * @param expiry the attribute with an item's expiry, in seconds since 1970, if items expire
 */
public record TableDefinition(CreateTableRequest request, Optional<String> expiry) {

  /** Returns the table's name. */
  public String name() {
    return request.tableName();
  }

  /** Returns the catalog: one row for each run, with six indexes. */
  public static TableDefinition catalog(String name) {
    return new TableDefinition(
        CreateTableRequest.builder()
            .tableName(name)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(
                text("run_id"),
                text("created_at"),
                text("listed"),
                text("archived"),
                text("held"),
                text("running"),
                text("status"),
                text("parent"))
            .keySchema(hash("run_id"))
            .globalSecondaryIndexes(
                List.of(
                    index("listed", hash("listed"), range("created_at")),
                    index("archived", hash("archived"), range("created_at")),
                    index("held", hash("held"), range("created_at")),
                    index("running", hash("running"), range("created_at")),
                    index("status", hash("status"), range("created_at")),
                    index("parent", hash("parent"), range("created_at"))))
            .build(),
        Optional.empty());
  }

  /** Returns the journal: the entries of every run. */
  public static TableDefinition journal(String name) {
    return new TableDefinition(
        CreateTableRequest.builder()
            .tableName(name)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(
                text("run_id"),
                AttributeDefinition.builder()
                    .attributeName("position")
                    .attributeType(ScalarAttributeType.N)
                    .build())
            .keySchema(hash("run_id"), range("position"))
            .build(),
        Optional.of("expires_at"));
  }

  /** Returns the table of WebSocket connections and their subscriptions. */
  public static TableDefinition connections(String name) {
    return new TableDefinition(
        CreateTableRequest.builder()
            .tableName(name)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(text("connection_id"), text("run_id"))
            .keySchema(hash("connection_id"), range("run_id"))
            .globalSecondaryIndexes(index("by_run", hash("run_id"), range("connection_id")))
            .build(),
        Optional.of("expires_at"));
  }

  /** Returns the table of requests with an idempotency key. */
  public static TableDefinition idempotency(String name) {
    return new TableDefinition(
        CreateTableRequest.builder()
            .tableName(name)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(text("request"))
            .keySchema(hash("request"))
            .build(),
        Optional.of("expires_at"));
  }

  /** Returns the table of tokens and tickets. */
  public static TableDefinition access(String name) {
    return new TableDefinition(
        CreateTableRequest.builder()
            .tableName(name)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(text("id"))
            .keySchema(hash("id"))
            .build(),
        Optional.of("expires_at"));
  }

  /** Returns the table of experiments and races, their cells and the providers they play on. */
  public static TableDefinition comparisons(String name) {
    return new TableDefinition(
        CreateTableRequest.builder()
            .tableName(name)
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(
                text("comparison_id"), text("item"), text("kind"), text("open"), text("created_at"))
            .keySchema(hash("comparison_id"), range("item"))
            .globalSecondaryIndexes(
                index("kind", hash("kind"), range("created_at")),
                index("open", hash("open"), range("created_at")))
            .build(),
        Optional.empty());
  }

  private static AttributeDefinition text(String name) {
    return AttributeDefinition.builder()
        .attributeName(name)
        .attributeType(ScalarAttributeType.S)
        .build();
  }

  private static KeySchemaElement hash(String name) {
    return KeySchemaElement.builder().attributeName(name).keyType(KeyType.HASH).build();
  }

  private static KeySchemaElement range(String name) {
    return KeySchemaElement.builder().attributeName(name).keyType(KeyType.RANGE).build();
  }

  private static GlobalSecondaryIndex index(String name, KeySchemaElement... keys) {
    return GlobalSecondaryIndex.builder()
        .indexName(name)
        .keySchema(keys)
        .projection(Projection.builder().projectionType(ProjectionType.KEYS_ONLY).build())
        .build();
  }
}
