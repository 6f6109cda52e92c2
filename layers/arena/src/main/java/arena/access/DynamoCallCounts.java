package arena.access;

import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.error.Dependency;
import java.time.Instant;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.UpdateItemResponse;

/**
 * Counts calls in the table of idempotency keys, which has a TTL: one item for each caller, route
 * and minute, and one write for each call.
 */
public final class DynamoCallCounts implements CallCounts {
  private static final String REQUEST = "request";
  private static final String CALLS = "calls";
  private static final String EXPIRES_AT = "expires_at";

  private final DynamoClient dynamo;
  private final String table;

  public DynamoCallCounts(DynamoDbClient dynamo, String table) {
    this.dynamo = new DynamoClient(dynamo, Dependency.IDEMPOTENCY);
    this.table = table;
  }

  @Override
  public long add(String caller, String route, Instant at) {
    Instant window = CallLimits.windowOf(at);
    // Keys of idempotent requests begin with the id of a token, which is never "calls".
    String key = "calls " + caller + " " + route + " " + window.getEpochSecond();
    UpdateItemResponse counted =
        dynamo.call(
            () ->
                dynamo
                    .client()
                    .updateItem(
                        update ->
                            update
                                .tableName(table)
                                .key(Map.of(REQUEST, Attributes.of(key)))
                                .updateExpression("ADD #calls :one SET #expires_at = :expires_at")
                                .expressionAttributeNames(
                                    Map.of("#calls", CALLS, "#expires_at", EXPIRES_AT))
                                .expressionAttributeValues(
                                    Map.of(
                                        ":one",
                                        Attributes.of(1),
                                        ":expires_at",
                                        Attributes.of(window.plus(WINDOW).getEpochSecond())))
                                .returnValues(ReturnValue.UPDATED_NEW)));
    return Attributes.whole(counted.attributes(), CALLS);
  }
}
