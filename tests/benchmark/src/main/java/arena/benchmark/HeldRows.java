package arena.benchmark;

import arena.catalog.RunItem;
import arena.codec.Timestamps;
import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.error.Dependency;
import arena.event.Event;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;

/**
 * Rows of runs that the broker holds, written directly, because playing thousands takes too long.
 * They are not in the counters.
 */
final class HeldRows {
  private final MeasuredStack stack;
  private final DynamoClient dynamo;
  private final String table;

  HeldRows(MeasuredStack stack) {
    this.stack = stack;
    this.dynamo = new DynamoClient(stack.dynamoDb(), Dependency.CATALOG);
    this.table = stack.resource("CatalogTable");
  }

  /** Adds running runs. */
  List<RunId> addRunning(int count) {
    List<RunId> runIds = newIds(count);
    write(runIds.stream().map(runId -> put(row(runId, Instant.now()))).toList());
    return runIds;
  }

  /** Adds archived runs that ended at this time, with a buffer of a few events in the broker. */
  List<RunId> addArchived(int count, Instant endedAt) {
    List<RunId> runIds = newIds(count);
    List<WriteRequest> writes = new ArrayList<>();
    for (RunId runId : runIds) {
      Map<String, AttributeValue> row = row(runId, endedAt);
      row.remove("running");
      row.put(RunItem.STATUS, Attributes.of(RunStatus.COMPLETE.label()));
      row.put("ended_at", Attributes.of(Timestamps.write(endedAt)));
      row.put("db_path", Attributes.of("s3://benchmark/" + runId));
      row.put("archived", Attributes.of("1"));
      writes.add(put(row));
    }
    write(writes);
    List<Event> events = PlayedGames.events(runIds.getFirst(), 4);
    for (RunId runId : runIds) {
      stack.broker().open(runId, "benchmark", endedAt);
      stack
          .broker()
          .publish(
              runId, events.stream().map(event -> StoreCalls.withRunId(event, runId)).toList());
      stack.broker().close(runId);
    }
    return runIds;
  }

  /** Deletes rows. */
  void delete(List<RunId> runIds) {
    write(
        runIds.stream()
            .map(
                runId ->
                    WriteRequest.builder()
                        .deleteRequest(delete -> delete.key(RunItem.key(runId)))
                        .build())
            .toList());
  }

  private static List<RunId> newIds(int count) {
    List<RunId> runIds = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      runIds.add(RunId.of(UUID.randomUUID()));
    }
    return runIds;
  }

  private static Map<String, AttributeValue> row(RunId runId, Instant createdAt) {
    return new HashMap<>(
        RunItem.ofNew(
            Run.requested(runId, "benchmark", Profile.DEFAULT, null, "balanced", 10, createdAt)));
  }

  private static WriteRequest put(Map<String, AttributeValue> row) {
    return WriteRequest.builder().putRequest(put -> put.item(row)).build();
  }

  private void write(List<WriteRequest> writes) {
    for (int from = 0; from < writes.size(); from += DynamoClient.MAX_WRITE) {
      dynamo.batchWrite(
          table, writes.subList(from, Math.min(writes.size(), from + DynamoClient.MAX_WRITE)));
    }
  }
}
