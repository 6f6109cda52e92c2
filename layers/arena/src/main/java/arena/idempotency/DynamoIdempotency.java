package arena.idempotency;

import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.error.Dependency;
import arena.run.RunId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;

/** Stores requests in a DynamoDB table with a TTL, one item per request. */
public final class DynamoIdempotency implements Idempotency {
  private static final String REQUEST = "request";
  private static final String BODY_DIGEST = "body_digest";
  private static final String RUN_ID = "run_id";
  private static final String ANSWER = "answer";
  private static final String EXPIRES_AT = "expires_at";

  private final DynamoClient dynamo;
  private final String table;
  private final InstantSource clock;

  public DynamoIdempotency(DynamoDbClient dynamo, String table, InstantSource clock) {
    this.dynamo = new DynamoClient(dynamo, Dependency.IDEMPOTENCY);
    this.table = table;
    this.clock = clock;
  }

  @Override
  public Registration register(String request, String bodyDigest, RunId runId) {
    Instant now = clock.instant();
    try {
      dynamo.call(
          () ->
              dynamo
                  .client()
                  .putItem(
                      put ->
                          put.tableName(table)
                              .item(
                                  Map.of(
                                      REQUEST, Attributes.of(request),
                                      BODY_DIGEST, Attributes.of(bodyDigest),
                                      RUN_ID, Attributes.of(runId.value()),
                                      EXPIRES_AT, seconds(now.plus(RETENTION))))
                              // DynamoDB may delete expired items up to two days late
                              .conditionExpression(
                                  "attribute_not_exists(#request) OR #expires_at <= :now")
                              .expressionAttributeNames(
                                  Map.of("#request", REQUEST, "#expires_at", EXPIRES_AT))
                              .expressionAttributeValues(Map.of(":now", seconds(now)))
                              .returnValuesOnConditionCheckFailure(
                                  ReturnValuesOnConditionCheckFailure.ALL_OLD)));
      return new Registration(runId, Optional.empty());
    } catch (ConditionalCheckFailedException e) {
      Map<String, AttributeValue> existing = e.item();
      if (!Attributes.text(existing, BODY_DIGEST).equals(bodyDigest)) {
        throw new KeyReused();
      }
      return new Registration(
          RunId.of(Attributes.text(existing, RUN_ID)), Attributes.findText(existing, ANSWER));
    }
  }

  @Override
  public RunId replaceRunId(String request, RunId runId, RunId otherId) {
    try {
      dynamo.call(
          () ->
              dynamo
                  .client()
                  .updateItem(
                      update ->
                          update
                              .tableName(table)
                              .key(Map.of(REQUEST, Attributes.of(request)))
                              .updateExpression("SET #run_id = :other")
                              .conditionExpression("#run_id = :run_id")
                              .expressionAttributeNames(Map.of("#run_id", RUN_ID))
                              .expressionAttributeValues(
                                  Map.of(
                                      ":other",
                                      Attributes.of(otherId.value()),
                                      ":run_id",
                                      Attributes.of(runId.value())))
                              .returnValues(ReturnValue.NONE)
                              .returnValuesOnConditionCheckFailure(
                                  ReturnValuesOnConditionCheckFailure.ALL_OLD)));
      return otherId;
    } catch (ConditionalCheckFailedException e) {
      return RunId.of(Attributes.text(e.item(), RUN_ID));
    }
  }

  @Override
  public String recordResponse(String request, String response) {
    return dynamo.call(
        () ->
            Attributes.text(
                dynamo
                    .client()
                    .updateItem(
                        update ->
                            update
                                .tableName(table)
                                .key(Map.of(REQUEST, Attributes.of(request)))
                                .updateExpression("SET #answer = if_not_exists(#answer, :answer)")
                                .conditionExpression("attribute_exists(#request)")
                                .expressionAttributeNames(
                                    Map.of("#answer", ANSWER, "#request", REQUEST))
                                .expressionAttributeValues(
                                    Map.of(":answer", Attributes.of(response)))
                                .returnValues(ReturnValue.ALL_NEW))
                    .attributes(),
                ANSWER));
  }

  private static AttributeValue seconds(Instant time) {
    return Attributes.of(time.getEpochSecond());
  }
}
