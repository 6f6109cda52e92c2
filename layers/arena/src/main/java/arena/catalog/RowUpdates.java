package arena.catalog;

import arena.codec.Timestamps;
import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.run.UnknownRun;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Updates of the catalog's rows. Each is a transaction, also of one item: unlike a plain update,
 * one that is sent again because its response was lost is recognized, and not refused by the
 * condition that it made false itself.
 */
final class RowUpdates {
  private final DynamoClient dynamo;
  private final String table;

  RowUpdates(DynamoClient dynamo, String table) {
    this.dynamo = dynamo;
    this.table = table;
  }

  /** See {@link Catalog#fail}. */
  boolean fail(RunId runId, Failure failure, Instant at) {
    return fail(runId, failure, at, "#status = :running", Map.of(), Map.of());
  }

  /** See {@link Catalog#abandon}. */
  boolean abandon(RunId runId, long nEvents, Failure failure, Instant at) {
    return fail(
        runId,
        failure,
        at,
        "#status = :running AND #n_events = :n_events",
        Map.of("#n_events", RunItem.N_EVENTS),
        Map.of(":n_events", Attributes.of(nEvents)));
  }

  private boolean fail(
      RunId runId,
      Failure failure,
      Instant at,
      String condition,
      Map<String, String> moreNames,
      Map<String, AttributeValue> moreValues) {
    Map<String, String> names = new HashMap<>(moreNames);
    names.put("#status", RunItem.STATUS);
    names.put("#failure", RunItem.FAILURE);
    names.put("#ended_at", RunItem.ENDED_AT);
    names.put("#running", RunItem.RUNNING);
    Map<String, AttributeValue> values = new HashMap<>(moreValues);
    values.put(":running", Attributes.of(RunStatus.RUNNING.label()));
    values.put(":failed", Attributes.of(RunStatus.FAILED.label()));
    values.put(":failure", Attributes.of(RunItem.failure(failure)));
    values.put(":at", Attributes.of(Timestamps.write(at)));
    return end(
            runId,
            "SET #status = :failed, #failure = :failure, #ended_at = :at REMOVE #running",
            condition,
            names,
            values)
        .isEmpty();
  }

  /** See {@link Catalog#markArchived}. */
  boolean markArchived(RunId runId, String dbPath, Run.Summary summary, Instant at) {
    if (dbPath.isEmpty()) {
      throw new IllegalArgumentException("the archive address must not be empty");
    }
    Map<String, String> names =
        Map.of(
            "#status", RunItem.STATUS,
            "#db_path", RunItem.DB_PATH,
            "#summary", RunItem.SUMMARY,
            "#archived", RunItem.ARCHIVED);
    Map<String, AttributeValue> values =
        Map.of(
            ":db_path", Attributes.of(dbPath),
            ":summary", Attributes.of(RunItem.summary(summary)),
            ":in", RunItem.IN);
    String archive = "SET #db_path = :db_path, #summary = :summary, #archived = :in";

    Map<String, String> completeNames = new HashMap<>(names);
    completeNames.put("#ended_at", RunItem.ENDED_AT);
    completeNames.put("#running", RunItem.RUNNING);
    Map<String, AttributeValue> completeValues = new HashMap<>(values);
    completeValues.put(":running", Attributes.of(RunStatus.RUNNING.label()));
    completeValues.put(":complete", Attributes.of(RunStatus.COMPLETE.label()));
    completeValues.put(":at", Attributes.of(Timestamps.write(at)));
    Optional<Map<String, AttributeValue>> ended =
        end(
            runId,
            archive + ", #status = :complete, #ended_at = :at REMOVE #running",
            "#status = :running",
            completeNames,
            completeValues);
    if (ended.isEmpty()) {
      return true;
    }
    requireKnown(runId, ended.get());
    if (ended.get().containsKey(RunItem.ARCHIVED)) {
      return false;
    }
    // A failed run stays failed. If the condition fails, a concurrent call has archived it.
    Map<String, AttributeValue> failedValues = new HashMap<>(values);
    failedValues.put(":failed", Attributes.of(RunStatus.FAILED.label()));
    return change(
            runId,
            archive,
            "#status = :failed AND attribute_not_exists(#archived)",
            names,
            failedValues)
        .isEmpty();
  }

  /** See {@link Catalog#markDeparted}. */
  void markDeparted(RunId runId, int t) {
    requireKnown(
        runId,
        change(
                runId,
                "SET #departs_at = if_not_exists(#departs_at, :t)",
                "attribute_exists(#run_id)",
                Map.of("#departs_at", RunItem.DEPARTS_AT, "#run_id", RunItem.RUN_ID),
                Map.of(":t", Attributes.of(t)))
            .orElse(RunItem.key(runId)));
  }

  /** See {@link Catalog#markReleased}. */
  void markReleased(List<RunId> runIds) {
    if (runIds.isEmpty() || runIds.size() > Catalog.MAX_RELEASED) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "1 to %d runs: %d", Catalog.MAX_RELEASED, runIds.size()));
    }
    Optional<List<CancellationReason>> rejection =
        dynamo.transact(runIds.stream().map(this::release).toArray(TransactWriteItem[]::new));
    if (rejection.isEmpty()) {
      return;
    }
    for (int i = 0; i < runIds.size(); i++) {
      CancellationReason reason = rejection.get().get(i);
      if (DynamoClient.conditionFailed(reason)) {
        requireKnown(runIds.get(i), reason.item());
        throw new IllegalStateException(
            "run %s is running and cannot be released".formatted(runIds.get(i)));
      }
    }
  }

  private TransactWriteItem release(RunId runId) {
    return update(
        runId,
        "REMOVE #held",
        "attribute_exists(#run_id) AND #status <> :running",
        Map.of("#held", RunItem.HELD, "#run_id", RunItem.RUN_ID, "#status", RunItem.STATUS),
        Map.of(":running", Attributes.of(RunStatus.RUNNING.label())));
  }

  private static void requireKnown(RunId runId, Map<String, AttributeValue> row) {
    if (row.isEmpty()) {
      throw new UnknownRun(runId);
    }
  }

  /** Updates the row of a run that ends, and counts its end; see {@link #change}. */
  private Optional<Map<String, AttributeValue>> end(
      RunId runId,
      String expression,
      String condition,
      Map<String, String> names,
      Map<String, AttributeValue> values) {
    return rejection(
        dynamo.transact(
            update(runId, expression, condition, names, values),
            CounterItems.endRun(table, runId)));
  }

  /**
   * Updates a row.
   *
   * @return empty on success; if the condition failed, the current row, without attributes if it
   *     does not exist
   */
  Optional<Map<String, AttributeValue>> change(
      RunId runId,
      String expression,
      String condition,
      Map<String, String> names,
      Map<String, AttributeValue> values) {
    return rejection(dynamo.transact(update(runId, expression, condition, names, values)));
  }

  private static Optional<Map<String, AttributeValue>> rejection(
      Optional<List<CancellationReason>> reasons) {
    return reasons.map(List::getFirst).map(CancellationReason::item);
  }

  private TransactWriteItem update(
      RunId runId,
      String expression,
      String condition,
      Map<String, String> names,
      Map<String, AttributeValue> values) {
    return TransactWriteItem.builder()
        .update(
            update ->
                update
                    .tableName(table)
                    .key(RunItem.key(runId))
                    .updateExpression(expression)
                    .conditionExpression(condition)
                    .expressionAttributeNames(names)
                    .expressionAttributeValues(values)
                    .returnValuesOnConditionCheckFailure(
                        ReturnValuesOnConditionCheckFailure.ALL_OLD))
        .build();
  }
}
