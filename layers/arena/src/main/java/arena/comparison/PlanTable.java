package arena.comparison;

import static arena.comparison.ComparisonItem.STATUS;

import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/** The table of comparisons, and reads and conditional updates of the plans in it. */
record PlanTable(DynamoClient dynamo, String name) {
  /** The status allows that cells start. */
  static final String STARTS_CELLS = "#status IN (:waiting, :running)";

  /** Finds a comparison with a consistent read. */
  Optional<Comparison> find(ComparisonId id) {
    return dynamo.get(name, ComparisonItem.planKey(id)).map(ComparisonItem::read);
  }

  /**
   * Reads a comparison.
   *
   * @throws UnknownComparison if it does not exist
   */
  Comparison require(ComparisonId id) {
    return find(id).orElseThrow(() -> new UnknownComparison(id.value()));
  }

  /** Updates a plan under a condition that has {@link #STARTS_CELLS}. */
  TransactWriteItem updateIfStartsCells(
      ComparisonId id,
      String expression,
      String condition,
      Map<String, String> names,
      Map<String, AttributeValue> values) {
    return update(
        id,
        expression,
        condition,
        with(names, "#status", STATUS),
        with(
            with(values, ":waiting", Attributes.of(ComparisonStatus.WAITING.label())),
            ":running",
            Attributes.of(ComparisonStatus.RUNNING.label())));
  }

  /** Updates a plan under a condition. */
  TransactWriteItem update(
      ComparisonId id,
      String expression,
      String condition,
      Map<String, String> names,
      Map<String, AttributeValue> values) {
    return TransactWriteItem.builder()
        .update(
            update ->
                update
                    .tableName(name)
                    .key(ComparisonItem.planKey(id))
                    .updateExpression(expression)
                    .conditionExpression(condition)
                    .expressionAttributeNames(names)
                    .expressionAttributeValues(values))
        .build();
  }

  static <T> Map<String, T> with(Map<String, T> map, String key, T value) {
    Map<String, T> all = new HashMap<>(map);
    all.put(key, value);
    return all;
  }
}
