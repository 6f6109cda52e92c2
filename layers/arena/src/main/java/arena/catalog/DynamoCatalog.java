package arena.catalog;

import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.error.Dependency;
import arena.run.Failure;
import arena.run.Limits;
import arena.run.Run;
import arena.run.RunId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.GetItemResponse;

/** The catalog as a DynamoDB table: a row for each run, and the {@link CounterItems}. */
public final class DynamoCatalog implements Catalog, RunningRunQuery, CreationRecords {
  /** Maximum number of rows of {@link #running}. */
  public static final int MAX_RUNNING = 1_000;

  private final DynamoClient dynamo;
  private final String table;
  private final CatalogLists lists;
  private final RowUpdates updates;

  public DynamoCatalog(DynamoDbClient dynamo, String table) {
    this.dynamo = new DynamoClient(dynamo, Dependency.CATALOG);
    this.table = table;
    this.lists = new CatalogLists(this.dynamo, table);
    this.updates = new RowUpdates(this.dynamo, table);
  }

  @Override
  public Optional<Run> find(RunId runId) {
    return dynamo.get(table, RunItem.key(runId)).map(RunItem::read);
  }

  @Override
  public void saveCreationRecord(RunId runId, CreationRecord record) {
    updates.change(
        runId,
        "SET #request = :request, #counters = :counters",
        "attribute_exists(#run_id) AND attribute_not_exists(#request)",
        Map.of(
            "#run_id", RunItem.RUN_ID, "#request", RunItem.REQUEST, "#counters", RunItem.COUNTERS),
        Map.of(
            ":request", Attributes.of(Limits.cut(record.request(), MAX_REQUEST)),
            ":counters", Attributes.of(record.counters())));
  }

  @Override
  public Optional<CreationRecord> findCreationRecord(RunId runId) {
    GetItemResponse found =
        dynamo.call(
            () ->
                dynamo
                    .client()
                    .getItem(
                        get ->
                            get.tableName(table)
                                .key(RunItem.key(runId))
                                .projectionExpression("#request, #counters")
                                .expressionAttributeNames(
                                    Map.of(
                                        "#request", RunItem.REQUEST,
                                        "#counters", RunItem.COUNTERS))));
    return Attributes.findText(found.item(), RunItem.REQUEST)
        .map(
            request ->
                new CreationRecord(
                    request, Attributes.findText(found.item(), RunItem.COUNTERS).orElse("")));
  }

  @Override
  public RunPage list(Filter filter, int limit, Optional<String> cursor) {
    return lists.list(filter, limit, cursor);
  }

  @Override
  public List<Run> held(int limit) {
    return lists.held(limit);
  }

  @Override
  public List<Run> running(int limit) {
    return lists.running(limit);
  }

  @Override
  public Counters counters() {
    return CounterItems.read(dynamo, table);
  }

  @Override
  public void countDeliveries(RunId runId, Deliveries deliveries) {
    dynamo.transactOnce(
        deliveries.id(),
        CounterItems.addDeliveries(
            table, runId, deliveries.eventsStreamed(), deliveries.streamsDropped()));
  }

  @Override
  public boolean fail(RunId runId, Failure failure, Instant at) {
    return updates.fail(runId, failure, at);
  }

  @Override
  public boolean abandon(RunId runId, long nEvents, Failure failure, Instant at) {
    return updates.abandon(runId, nEvents, failure, at);
  }

  @Override
  public boolean markArchived(RunId runId, String dbPath, Run.Summary summary, Instant at) {
    return updates.markArchived(runId, dbPath, summary, at);
  }

  @Override
  public void markDeparted(RunId runId, int t) {
    updates.markDeparted(runId, t);
  }

  @Override
  public void markReleased(List<RunId> runIds) {
    updates.markReleased(runIds);
  }
}
