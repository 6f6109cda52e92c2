package arena.comparison;

import static arena.comparison.ComparisonItem.HOLDER;
import static arena.comparison.ComparisonItem.ID;
import static arena.comparison.ComparisonItem.ITEM;
import static arena.comparison.ComparisonItem.OPEN;
import static arena.comparison.ComparisonItem.PLANNED;
import static arena.comparison.ComparisonItem.RUNNING;
import static arena.comparison.ComparisonItem.STATUS;
import static arena.comparison.ComparisonItem.WAITS_FOR;
import static arena.comparison.PlanTable.STARTS_CELLS;

import arena.dynamo.Attributes;
import arena.dynamo.QueryPages;
import arena.error.Dependency;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * The queue of open comparisons, and the claims of providers by those that play. The order is that
 * of the queue; the claims exclude each other also if an entry is written later than its time.
 */
record ProviderClaims(PlanTable table) {
  /** Attempts of a change whose condition is on what was read before. */
  private static final int MAX_ATTEMPTS = 5;

  /** Writes the place of a comparison in the queue. */
  TransactWriteItem enqueue(ComparisonId id, List<String> providers, Instant at) {
    return TransactWriteItem.builder()
        .put(put -> put.tableName(table.name()).item(ComparisonItem.queued(id, providers, at)))
        .build();
  }

  /** See {@link Comparisons#queue}. */
  ComparisonQueue queue() {
    QueryPages pages =
        new QueryPages(
            table.dynamo(),
            QueryRequest.builder()
                .tableName(table.name())
                .consistentRead(true)
                .keyConditionExpression("#id = :queue")
                .expressionAttributeNames(Map.of("#id", ID))
                .expressionAttributeValues(Map.of(":queue", Attributes.of(ComparisonItem.QUEUE))));
    List<ComparisonQueue.Entry> entries = new ArrayList<>();
    while (pages.more()) {
      pages.next().stream().map(ComparisonItem::entry).forEach(entries::add);
    }
    return new ComparisonQueue(entries);
  }

  /** See {@link Comparisons#claim}. */
  Optional<ComparisonId> claim(ComparisonId id) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Comparison comparison = table.require(id);
      if (!comparison.status().startsCells()) {
        return Optional.empty();
      }
      ComparisonQueue queue = queue();
      Optional<ComparisonQueue.Entry> entry = queue.entry(id);
      Optional<ComparisonId> other = queue.ahead(id).stream().findFirst();
      if (other.isPresent()) {
        if (waitFor(queue.entry(other.get()).orElseThrow(), id)) {
          return other;
        }
      } else if (entry.isPresent() && claim(entry.get())) {
        return Optional.empty();
      }
      // Another one was released, claimed a provider, or this one was stopped.
    }
    throw Dependency.COMPARISONS.unavailable("the queue changed at every attempt", null);
  }

  private boolean claim(ComparisonQueue.Entry entry) {
    ComparisonId id = entry.id();
    List<TransactWriteItem> items = new ArrayList<>();
    items.add(
        table.updateIfStartsCells(
            id,
            "SET #status = :running REMOVE #waits_for",
            STARTS_CELLS,
            Map.of("#waits_for", WAITS_FOR),
            Map.of()));
    items.add(
        TransactWriteItem.builder()
            .update(
                update ->
                    update
                        .tableName(table.name())
                        .key(ComparisonItem.queueKey(entry))
                        .updateExpression("SET #plays = :true")
                        .conditionExpression("attribute_exists(#item)")
                        .expressionAttributeNames(
                            Map.of("#plays", ComparisonItem.PLAYS, "#item", ITEM))
                        .expressionAttributeValues(Map.of(":true", AttributeValue.fromBool(true))))
            .build());
    entry.providers().forEach(provider -> items.add(claim(provider, id)));
    return table.dynamo().transact(items.toArray(TransactWriteItem[]::new)).isEmpty();
  }

  private TransactWriteItem claim(String provider, ComparisonId id) {
    Map<String, AttributeValue> item = new HashMap<>(ComparisonItem.claimKey(provider));
    item.put(HOLDER, Attributes.of(id.value()));
    return TransactWriteItem.builder()
        .put(
            put ->
                put.tableName(table.name())
                    .item(item)
                    .conditionExpression("attribute_not_exists(#holder) OR #holder = :id")
                    .expressionAttributeNames(Map.of("#holder", HOLDER))
                    .expressionAttributeValues(Map.of(":id", Attributes.of(id.value()))))
        .build();
  }

  /** Changes a comparison to waiting, if the one before it is still in the queue. */
  private boolean waitFor(ComparisonQueue.Entry before, ComparisonId id) {
    return table
        .dynamo()
        .transact(
            table.updateIfStartsCells(
                id,
                "SET #status = :waiting, #waits_for = :other",
                STARTS_CELLS,
                Map.of("#waits_for", WAITS_FOR),
                Map.of(":other", Attributes.of(before.id().value()))),
            TransactWriteItem.builder()
                .conditionCheck(
                    check ->
                        check
                            .tableName(table.name())
                            .key(ComparisonItem.queueKey(before))
                            .conditionExpression("attribute_exists(#item)")
                            .expressionAttributeNames(Map.of("#item", ITEM)))
                .build())
        .isEmpty();
  }

  /** See {@link Comparisons#release}. */
  boolean release(ComparisonId id) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Comparison comparison = table.require(id);
      if (!comparison.progress().open()) {
        return true;
      }
      if (comparison.progress().cells().pending() > 0) {
        return false;
      }
      if (release(comparison)) {
        return true;
      }
    }
    throw Dependency.COMPARISONS.unavailable("a comparison changed at every attempt", null);
  }

  private boolean release(Comparison comparison) {
    ComparisonStatus after =
        comparison.status().startsCells() ? ComparisonStatus.COMPLETE : comparison.status();
    List<TransactWriteItem> items = new ArrayList<>();
    items.add(
        table.update(
            comparison.id(),
            "SET #status = :after REMOVE #open, #waits_for",
            "#status = :before AND #planned = :zero AND #cells_running = :zero",
            Map.of(
                "#status", STATUS,
                "#open", OPEN,
                "#waits_for", WAITS_FOR,
                "#planned", PLANNED,
                "#cells_running", RUNNING),
            Map.of(
                ":before", Attributes.of(comparison.status().label()),
                ":after", Attributes.of(after.label()),
                ":zero", Attributes.of(0))));
    queue().entry(comparison.id()).ifPresent(entry -> items.add(leave(entry)));
    for (String provider : comparison.design().providers()) {
      Map<String, AttributeValue> key = ComparisonItem.claimKey(provider);
      boolean held =
          table
              .dynamo()
              .get(table.name(), key)
              .filter(item -> Attributes.text(item, HOLDER).equals(comparison.id().value()))
              .isPresent();
      if (held) {
        items.add(release(key, comparison.id()));
      }
    }
    return table.dynamo().transact(items.toArray(TransactWriteItem[]::new)).isEmpty();
  }

  private TransactWriteItem leave(ComparisonQueue.Entry entry) {
    return TransactWriteItem.builder()
        .delete(delete -> delete.tableName(table.name()).key(ComparisonItem.queueKey(entry)))
        .build();
  }

  private TransactWriteItem release(Map<String, AttributeValue> claim, ComparisonId id) {
    return TransactWriteItem.builder()
        .delete(
            delete ->
                delete
                    .tableName(table.name())
                    .key(claim)
                    .conditionExpression("#holder = :id")
                    .expressionAttributeNames(Map.of("#holder", HOLDER))
                    .expressionAttributeValues(Map.of(":id", Attributes.of(id.value()))))
        .build();
  }
}
