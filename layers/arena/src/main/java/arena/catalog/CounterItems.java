package arena.catalog;

import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.run.RunId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * The items of the catalog table that hold the {@link Counters}: a counter is the sum of an
 * attribute over all of them.
 *
 * <p>A change is written in the transaction that makes it true: an event is counted with its
 * journal entry, and a run with its row. So every change is counted exactly once, also if a process
 * stops in between or a write is repeated. There are several items, because transactions of
 * different runs that change the same item at the same time conflict; few enough that one call
 * reads them all. Their numbers may be increased later, to {@value DynamoClient#MAX_GET} together.
 */
public final class CounterItems {
  /** Number of items for events and runs, of which a run always uses the same. */
  private static final int RUN_ITEMS = 64;

  /**
   * Number of items for deliveries to readers, which are separate so that a fan-out does not
   * conflict with its run's turns.
   */
  private static final int DELIVERY_ITEMS = 16;

  private static final String EVENTS_PUBLISHED = "events_published";
  private static final String EVENTS_STREAMED = "events_streamed";
  private static final String STREAMS_DROPPED = "streams_dropped";
  private static final String RUNS_OPEN = "runs_open";

  private CounterItems() {}

  /** Counts a new run and the events of its first entry. */
  public static TransactWriteItem addRun(String table, RunId runId, long events) {
    return add(table, runItem(runId), Map.of(EVENTS_PUBLISHED, events, RUNS_OPEN, 1L));
  }

  /** Counts new events of a run. */
  public static TransactWriteItem addEvents(String table, RunId runId, long events) {
    return add(table, runItem(runId), Map.of(EVENTS_PUBLISHED, events));
  }

  /** Counts a run that is no longer running. */
  static TransactWriteItem endRun(String table, RunId runId) {
    return add(table, runItem(runId), Map.of(RUNS_OPEN, -1L));
  }

  /** Counts deliveries to the readers of a run. */
  static TransactWriteItem addDeliveries(String table, RunId runId, long streamed, long dropped) {
    return add(
        table, deliveryItem(runId), Map.of(EVENTS_STREAMED, streamed, STREAMS_DROPPED, dropped));
  }

  /** Reads all items with one call and adds them up. */
  static Counters read(DynamoClient dynamo, String table) {
    List<Map<String, AttributeValue>> keys = new ArrayList<>();
    for (int i = 0; i < RUN_ITEMS; i++) {
      keys.add(RunItem.key(runItem(i)));
    }
    for (int i = 0; i < DELIVERY_ITEMS; i++) {
      keys.add(RunItem.key(deliveryItem(i)));
    }
    List<Map<String, AttributeValue>> items = dynamo.batchGet(table, keys);
    return new Counters(
        sum(items, EVENTS_PUBLISHED),
        sum(items, EVENTS_STREAMED),
        sum(items, STREAMS_DROPPED),
        sum(items, RUNS_OPEN));
  }

  private static long sum(List<Map<String, AttributeValue>> items, String name) {
    return items.stream()
        .mapToLong(item -> Attributes.findWhole(item, name).orElse(0L))
        .reduce(0, Math::addExact);
  }

  private static String runItem(RunId runId) {
    return runItem(Math.floorMod(runId.value().hashCode(), RUN_ITEMS));
  }

  private static String runItem(int number) {
    return String.format(Locale.ROOT, "counters-runs-%d", number);
  }

  private static String deliveryItem(RunId runId) {
    return deliveryItem(Math.floorMod(runId.value().hashCode(), DELIVERY_ITEMS));
  }

  private static String deliveryItem(int number) {
    return String.format(Locale.ROOT, "counters-deliveries-%d", number);
  }

  private static TransactWriteItem add(String table, String item, Map<String, Long> amounts) {
    List<String> additions = new ArrayList<>();
    Map<String, String> names = new HashMap<>();
    Map<String, AttributeValue> values = new HashMap<>();
    amounts.forEach(
        (name, amount) -> {
          additions.add("#" + name + " :" + name);
          names.put("#" + name, name);
          values.put(":" + name, Attributes.of(amount));
        });
    return TransactWriteItem.builder()
        .update(
            update ->
                update
                    .tableName(table)
                    .key(RunItem.key(item))
                    .updateExpression("ADD " + String.join(", ", additions))
                    .expressionAttributeNames(names)
                    .expressionAttributeValues(values))
        .build();
  }
}
