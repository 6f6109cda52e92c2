package arena.comparison;

import static arena.comparison.ComparisonItem.BUDGET_TURNS;
import static arena.comparison.ComparisonItem.BUDGET_USD;
import static arena.comparison.ComparisonItem.COST;
import static arena.comparison.ComparisonItem.CREATED_AT;
import static arena.comparison.ComparisonItem.GENERATION;
import static arena.comparison.ComparisonItem.HOLDER;
import static arena.comparison.ComparisonItem.ID;
import static arena.comparison.ComparisonItem.ITEM;
import static arena.comparison.ComparisonItem.KIND;
import static arena.comparison.ComparisonItem.NOT_STARTED;
import static arena.comparison.ComparisonItem.OPEN;
import static arena.comparison.ComparisonItem.OUTCOME;
import static arena.comparison.ComparisonItem.PLAN;
import static arena.comparison.ComparisonItem.PLANNED;
import static arena.comparison.ComparisonItem.REPLICAS;
import static arena.comparison.ComparisonItem.RUNNING;
import static arena.comparison.ComparisonItem.STATE;
import static arena.comparison.ComparisonItem.STATUS;
import static arena.comparison.ComparisonItem.STOP_REASON;
import static arena.comparison.ComparisonItem.TURNS;
import static arena.comparison.ComparisonItem.UNKNOWN_COSTS;
import static arena.comparison.ComparisonItem.WAITS_FOR;

import arena.codec.Timestamps;
import arena.comparison.Design.Experiment;
import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.dynamo.QueryPages;
import arena.error.Dependency;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.CancellationReason;
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.ReturnValuesOnConditionCheckFailure;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Comparisons as a DynamoDB table. Every change is a transaction, also of one item, because one
 * that is sent again after a lost response is then recognized; see {@link DynamoClient#transact}.
 */
public final class DynamoComparisons implements Comparisons {
  /** Digits after the point of a sum of costs: DynamoDB's numbers have 38 digits in all. */
  private static final int COST_SCALE = 12;

  /** Attempts of a change whose condition is on what was read before. */
  private static final int MAX_ATTEMPTS = 5;

  /** The status allows that cells start. */
  private static final String STARTS_CELLS = "#status IN (:waiting, :running)";

  private final DynamoClient dynamo;
  private final String table;

  public DynamoComparisons(DynamoDbClient dynamo, String table) {
    this.dynamo = new DynamoClient(dynamo, Dependency.COMPARISONS);
    this.table = table;
  }

  @Override
  public Comparison create(Comparison comparison) {
    boolean created =
        dynamo
            .transact(
                TransactWriteItem.builder()
                    .put(
                        put ->
                            put.tableName(table)
                                .item(ComparisonItem.ofNew(comparison))
                                .conditionExpression("attribute_not_exists(#id)")
                                .expressionAttributeNames(Map.of("#id", ID)))
                    .build())
            .isEmpty();
    return created ? comparison : find(comparison.id()).orElseThrow();
  }

  @Override
  public Optional<Comparison> find(ComparisonId id) {
    return dynamo.get(table, ComparisonItem.planKey(id)).map(ComparisonItem::read);
  }

  @Override
  public List<Cell> cells(Comparison comparison) {
    Map<Integer, Cell> started = new HashMap<>();
    QueryPages pages =
        new QueryPages(
            dynamo,
            QueryRequest.builder()
                .tableName(table)
                .consistentRead(true)
                .keyConditionExpression("#id = :id AND begins_with(#item, :cell)")
                .expressionAttributeNames(Map.of("#id", ID, "#item", ITEM))
                .expressionAttributeValues(
                    Map.of(
                        ":id", Attributes.of(comparison.id().value()),
                        ":cell", Attributes.of(ComparisonItem.CELL))));
    while (pages.more()) {
      for (Map<String, AttributeValue> item : pages.next()) {
        int number = ComparisonItem.number(item);
        if (number < comparison.design().cells()) { // the others were added since it was read
          started.put(number, ComparisonItem.cell(comparison, item));
        }
      }
    }
    List<Cell> cells = new ArrayList<>();
    for (int number = 0; number < comparison.design().cells(); number++) {
      Cell cell = started.get(number);
      cells.add(cell == null ? comparison.unstarted(number) : cell);
    }
    return cells;
  }

  @Override
  public Cell cell(Comparison comparison, int number) {
    return dynamo
        .get(table, ComparisonItem.cellKey(comparison.id(), number))
        .map(item -> ComparisonItem.cell(comparison, item))
        .orElseGet(() -> comparison.unstarted(number));
  }

  // ---- lists

  @Override
  public ComparisonPage list(ComparisonKind kind, int limit, Optional<String> cursor) {
    requireLimit(limit, MAX_PAGE);
    AttributeValue partition = Attributes.of(kind.label());
    QueryRequest.Builder query = query(KIND, partition).scanIndexForward(false);
    cursor
        .map(text -> ComparisonCursor.read(kind, text))
        .ifPresent(
            last ->
                query.exclusiveStartKey(
                    Map.of(
                        KIND,
                        partition,
                        CREATED_AT,
                        Attributes.of(Timestamps.write(last.createdAt())),
                        ID,
                        Attributes.of(last.id().value()),
                        ITEM,
                        Attributes.of(PLAN))));
    // one more, to know whether there is a next page
    List<Comparison> found = rows(query, limit + 1);
    if (found.size() <= limit) {
      return new ComparisonPage(found, Optional.empty());
    }
    List<Comparison> page = List.copyOf(found.subList(0, limit));
    Comparison last = page.getLast();
    return new ComparisonPage(
        page, Optional.of(new ComparisonCursor(kind, last.createdAt(), last.id()).write()));
  }

  @Override
  public List<Comparison> open(int limit) {
    requireLimit(limit, MAX_OPEN);
    return rows(query(OPEN, ComparisonItem.IN), limit).stream()
        .filter(comparison -> comparison.progress().open())
        .toList();
  }

  private static void requireLimit(int limit, int max) {
    if (limit < 1 || limit > max) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "limit must be from 1 to %d: %d", max, limit));
    }
  }

  private QueryRequest.Builder query(String index, AttributeValue partition) {
    return QueryRequest.builder()
        .tableName(table)
        .indexName(index)
        .keyConditionExpression("#index = :in")
        .expressionAttributeNames(Map.of("#index", index))
        .expressionAttributeValues(Map.of(":in", partition));
  }

  /** Reads the plans that a query of an index finds, in its order. */
  private List<Comparison> rows(QueryRequest.Builder query, int limit) {
    QueryPages pages = new QueryPages(dynamo, query);
    List<ComparisonId> ids = new ArrayList<>();
    while (ids.size() < limit && pages.more()) {
      pages.next(limit - ids.size()).stream().map(ComparisonItem::id).forEach(ids::add);
    }
    Map<ComparisonId, Comparison> rows = new HashMap<>();
    for (Map<String, AttributeValue> item :
        dynamo.getAll(table, ids.stream().map(ComparisonItem::planKey).toList())) {
      Comparison comparison = ComparisonItem.read(item);
      rows.put(comparison.id(), comparison);
    }
    return ids.stream().filter(rows::containsKey).map(rows::get).toList();
  }

  // ---- changes

  @Override
  public Optional<ComparisonId> claim(ComparisonId id) {
    Comparison comparison = require(id);
    if (!comparison.status().startsCells()) {
      return Optional.empty();
    }
    List<TransactWriteItem> items = new ArrayList<>();
    items.add(
        update(
            id,
            "SET #status = :running REMOVE #waits_for",
            STARTS_CELLS,
            Map.of("#waits_for", WAITS_FOR),
            Map.of()));
    comparison.design().providers().forEach(provider -> items.add(claim(provider, id)));
    Optional<List<CancellationReason>> rejection =
        dynamo.transact(items.toArray(TransactWriteItem[]::new));
    Optional<ComparisonId> holder =
        rejection.stream()
            .flatMap(List::stream)
            .skip(1) // the plan
            .filter(DynamoClient::conditionFailed)
            .findFirst()
            .map(reason -> ComparisonId.of(Attributes.text(reason.item(), HOLDER)));
    holder.ifPresent(
        other ->
            dynamo.transact(
                update(
                    id,
                    "SET #status = :waiting, #waits_for = :other",
                    STARTS_CELLS,
                    Map.of("#waits_for", WAITS_FOR),
                    Map.of(":other", Attributes.of(other.value())))));
    return holder;
  }

  private TransactWriteItem claim(String provider, ComparisonId id) {
    Map<String, AttributeValue> item = new HashMap<>(ComparisonItem.claimKey(provider));
    item.put(HOLDER, Attributes.of(id.value()));
    return TransactWriteItem.builder()
        .put(
            put ->
                put.tableName(table)
                    .item(item)
                    .conditionExpression("attribute_not_exists(#holder) OR #holder = :id")
                    .expressionAttributeNames(Map.of("#holder", HOLDER))
                    .expressionAttributeValues(Map.of(":id", Attributes.of(id.value())))
                    .returnValuesOnConditionCheckFailure(
                        ReturnValuesOnConditionCheckFailure.ALL_OLD))
        .build();
  }

  @Override
  public boolean start(ComparisonId id, int cell, Instant at) {
    return dynamo
        .transact(
            TransactWriteItem.builder()
                .put(
                    put ->
                        put.tableName(table)
                            .item(ComparisonItem.started(id, cell, at))
                            .conditionExpression("attribute_not_exists(#id)")
                            .expressionAttributeNames(Map.of("#id", ID)))
                .build(),
            update(
                id,
                "ADD #planned :less, #cells_running :more",
                STARTS_CELLS
                    + " AND (attribute_not_exists(#budget_usd) OR #cost < #budget_usd)"
                    + " AND (attribute_not_exists(#budget_turns) OR #turns < #budget_turns)",
                Map.of(
                    "#planned", PLANNED,
                    "#cells_running", RUNNING,
                    "#budget_usd", BUDGET_USD,
                    "#cost", COST,
                    "#budget_turns", BUDGET_TURNS,
                    "#turns", TURNS),
                Map.of(":less", Attributes.of(-1), ":more", Attributes.of(1))))
        .isEmpty();
  }

  @Override
  public boolean end(ComparisonId id, int cell, CellOutcome outcome, Instant at) {
    return dynamo
        .transact(
            TransactWriteItem.builder()
                .update(
                    update ->
                        update
                            .tableName(table)
                            .key(ComparisonItem.cellKey(id, cell))
                            .updateExpression(
                                "SET #state = :state, #outcome = :outcome, #ended_at = :at")
                            .conditionExpression("#state = :running")
                            .expressionAttributeNames(
                                Map.of(
                                    "#state", STATE,
                                    "#outcome", OUTCOME,
                                    "#ended_at", ComparisonItem.ENDED_AT))
                            .expressionAttributeValues(
                                Map.of(
                                    ":running", Attributes.of(Cell.State.RUNNING.label()),
                                    ":state", Attributes.of(outcome.state().label()),
                                    ":outcome", Attributes.of(ComparisonItem.outcome(outcome)),
                                    ":at", Attributes.of(Timestamps.write(at)))))
                .build(),
            TransactWriteItem.builder()
                .update(
                    update ->
                        update
                            .tableName(table)
                            .key(ComparisonItem.planKey(id))
                            .updateExpression(
                                "ADD #cells_running :less, #ended :more, #cost :cost, #turns :turns,"
                                    + " #unknown_costs :unknown")
                            .expressionAttributeNames(
                                Map.of(
                                    "#cells_running", RUNNING,
                                    "#ended", count(outcome.state()),
                                    "#cost", COST,
                                    "#turns", TURNS,
                                    "#unknown_costs", UNKNOWN_COSTS))
                            .expressionAttributeValues(
                                Map.of(
                                    ":less", Attributes.of(-1),
                                    ":more", Attributes.of(1),
                                    ":cost", cost(outcome.costUsd()),
                                    ":turns", Attributes.of(outcome.turns()),
                                    ":unknown", Attributes.of(outcome.costKnown() ? 0 : 1))))
                .build())
        .isEmpty();
  }

  private static String count(Cell.State ended) {
    return ended == Cell.State.FAILED ? ComparisonItem.FAILED : ComparisonItem.COMPLETE;
  }

  private static AttributeValue cost(double usd) {
    return AttributeValue.fromN(
        BigDecimal.valueOf(usd).setScale(COST_SCALE, RoundingMode.HALF_EVEN).toPlainString());
  }

  @Override
  public boolean stop(ComparisonId id, StopReason reason) {
    return dynamo
        .transact(
            update(
                id,
                "SET #status = :stopped, #stop_reason = :reason,"
                    + " #not_started = #not_started + #planned, #planned = :zero REMOVE #waits_for",
                STARTS_CELLS,
                Map.of(
                    "#stop_reason", STOP_REASON,
                    "#not_started", NOT_STARTED,
                    "#planned", PLANNED,
                    "#waits_for", WAITS_FOR),
                Map.of(
                    ":stopped", Attributes.of(reason.status().label()),
                    ":reason", Attributes.of(reason.label()),
                    ":zero", Attributes.of(0))))
        .isEmpty();
  }

  @Override
  public boolean addReplicas(Comparison comparison, int replicas) {
    Experiment experiment = (Experiment) comparison.design();
    int added = experiment.withReplicas(replicas).cells() - experiment.cells();
    if (added <= 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%d replicas instead of %d", replicas, experiment.replicas()));
    }
    Map<String, String> names = Map.of("#replicas", REPLICAS, "#planned", PLANNED);
    Map<String, AttributeValue> values =
        Map.of(
            ":from", Attributes.of(experiment.replicas()),
            ":to", Attributes.of(replicas),
            ":added", Attributes.of(added));
    String set = "SET #replicas = :to, #planned = #planned + :added";
    if (comparison.progress().open()) {
      return dynamo
          .transact(
              update(
                  comparison.id(),
                  set,
                  "#replicas = :from AND attribute_exists(#open) AND " + STARTS_CELLS,
                  with(names, "#open", OPEN),
                  values))
          .isEmpty();
    }
    Map<String, AttributeValue> reopen = new HashMap<>(values);
    reopen.put(":complete", Attributes.of(ComparisonStatus.COMPLETE.label()));
    reopen.put(":in", ComparisonItem.IN);
    reopen.put(":one", Attributes.of(1));
    Map<String, String> reopenNames = new HashMap<>(with(names, "#open", OPEN));
    reopenNames.put("#generation", GENERATION);
    return dynamo
        .transact(
            plainUpdate(
                comparison.id(),
                set + ", #open = :in, #status = :running, #generation = #generation + :one",
                "#replicas = :from AND attribute_not_exists(#open) AND #status = :complete",
                with(reopenNames, "#status", STATUS),
                with(reopen, ":running", Attributes.of(ComparisonStatus.RUNNING.label()))))
        .isEmpty();
  }

  @Override
  public boolean release(ComparisonId id) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      Comparison comparison = require(id);
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
        plainUpdate(
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
    for (String provider : comparison.design().providers()) {
      Map<String, AttributeValue> key = ComparisonItem.claimKey(provider);
      boolean held =
          dynamo
              .get(table, key)
              .filter(item -> Attributes.text(item, HOLDER).equals(comparison.id().value()))
              .isPresent();
      if (held) {
        items.add(
            TransactWriteItem.builder()
                .delete(
                    delete ->
                        delete
                            .tableName(table)
                            .key(key)
                            .conditionExpression("#holder = :id")
                            .expressionAttributeNames(Map.of("#holder", HOLDER))
                            .expressionAttributeValues(
                                Map.of(":id", Attributes.of(comparison.id().value()))))
                .build());
      }
    }
    return dynamo.transact(items.toArray(TransactWriteItem[]::new)).isEmpty();
  }

  @Override
  public boolean nextGeneration(ComparisonId id, int generation) {
    return dynamo
        .transact(
            plainUpdate(
                id,
                "SET #generation = :next",
                "#generation = :this AND attribute_exists(#open)",
                Map.of("#generation", GENERATION, "#open", OPEN),
                Map.of(":this", Attributes.of(generation), ":next", Attributes.of(generation + 1))))
        .isEmpty();
  }

  private Comparison require(ComparisonId id) {
    return find(id).orElseThrow(() -> new UnknownComparison(id.value()));
  }

  /** Updates a plan under a condition that has {@link #STARTS_CELLS}. */
  private TransactWriteItem update(
      ComparisonId id,
      String expression,
      String condition,
      Map<String, String> names,
      Map<String, AttributeValue> values) {
    Map<String, AttributeValue> allValues = new HashMap<>(values);
    allValues.put(":waiting", Attributes.of(ComparisonStatus.WAITING.label()));
    allValues.put(":running", Attributes.of(ComparisonStatus.RUNNING.label()));
    return plainUpdate(id, expression, condition, with(names, "#status", STATUS), allValues);
  }

  private TransactWriteItem plainUpdate(
      ComparisonId id,
      String expression,
      String condition,
      Map<String, String> names,
      Map<String, AttributeValue> values) {
    return TransactWriteItem.builder()
        .update(
            update ->
                update
                    .tableName(table)
                    .key(ComparisonItem.planKey(id))
                    .updateExpression(expression)
                    .conditionExpression(condition)
                    .expressionAttributeNames(names)
                    .expressionAttributeValues(values))
        .build();
  }

  private static <T> Map<String, T> with(Map<String, T> map, String key, T value) {
    Map<String, T> all = new HashMap<>(map);
    all.put(key, value);
    return all;
  }
}
