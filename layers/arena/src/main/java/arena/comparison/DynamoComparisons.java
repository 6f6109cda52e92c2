package arena.comparison;

import static arena.comparison.ComparisonItem.BUDGET_TURNS;
import static arena.comparison.ComparisonItem.BUDGET_USD;
import static arena.comparison.ComparisonItem.COST;
import static arena.comparison.ComparisonItem.GENERATION;
import static arena.comparison.ComparisonItem.ID;
import static arena.comparison.ComparisonItem.ITEM;
import static arena.comparison.ComparisonItem.NOT_STARTED;
import static arena.comparison.ComparisonItem.OPEN;
import static arena.comparison.ComparisonItem.OUTCOME;
import static arena.comparison.ComparisonItem.PLANNED;
import static arena.comparison.ComparisonItem.REPLICAS;
import static arena.comparison.ComparisonItem.RUNNING;
import static arena.comparison.ComparisonItem.STATE;
import static arena.comparison.ComparisonItem.STATUS;
import static arena.comparison.ComparisonItem.STOP_REASON;
import static arena.comparison.ComparisonItem.TURNS;
import static arena.comparison.ComparisonItem.UNKNOWN_COSTS;
import static arena.comparison.ComparisonItem.WAITS_FOR;
import static arena.comparison.PlanTable.STARTS_CELLS;

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
import software.amazon.awssdk.services.dynamodb.model.QueryRequest;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

/**
 * Comparisons as a DynamoDB table. Every change is a transaction, also of one item, because one
 * that is sent again after a lost response is then recognized; see {@link DynamoClient#transact}.
 */
public final class DynamoComparisons implements Comparisons {
  /** Digits after the point of a sum of costs: DynamoDB's numbers have 38 digits in all. */
  private static final int COST_SCALE = 12;

  private final DynamoClient dynamo;
  private final PlanTable plans;
  private final ComparisonLists lists;
  private final ProviderClaims claims;

  public DynamoComparisons(DynamoDbClient dynamo, String table) {
    this.dynamo = new DynamoClient(dynamo, Dependency.COMPARISONS);
    plans = new PlanTable(this.dynamo, table);
    lists = new ComparisonLists(plans);
    claims = new ProviderClaims(plans);
  }

  @Override
  public Comparison create(Comparison comparison) {
    boolean created =
        dynamo
            .transact(
                TransactWriteItem.builder()
                    .put(
                        put ->
                            put.tableName(plans.name())
                                .item(ComparisonItem.ofNew(comparison))
                                .conditionExpression("attribute_not_exists(#id)")
                                .expressionAttributeNames(Map.of("#id", ID)))
                    .build(),
                claims.enqueue(
                    comparison.id(), comparison.design().providers(), comparison.createdAt()))
            .isEmpty();
    return created ? comparison : find(comparison.id()).orElseThrow();
  }

  @Override
  public Optional<Comparison> find(ComparisonId id) {
    return plans.find(id);
  }

  @Override
  public List<Cell> cells(Comparison comparison) {
    Map<Integer, Cell> started = new HashMap<>();
    QueryPages pages =
        new QueryPages(
            dynamo,
            QueryRequest.builder()
                .tableName(plans.name())
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
        .get(plans.name(), ComparisonItem.cellKey(comparison.id(), number))
        .map(item -> ComparisonItem.cell(comparison, item))
        .orElseGet(() -> comparison.unstarted(number));
  }

  @Override
  public ComparisonPage list(ComparisonKind kind, int limit, Optional<String> cursor) {
    return lists.list(kind, limit, cursor);
  }

  @Override
  public List<Comparison> open(int limit) {
    return lists.open(limit);
  }

  @Override
  public ComparisonQueue queue() {
    return claims.queue();
  }

  @Override
  public Optional<ComparisonId> claim(ComparisonId id) {
    return claims.claim(id);
  }

  @Override
  public boolean release(ComparisonId id) {
    return claims.release(id);
  }

  // ---- changes

  @Override
  public boolean start(ComparisonId id, int cell, Instant at) {
    return dynamo
        .transact(
            TransactWriteItem.builder()
                .put(
                    put ->
                        put.tableName(plans.name())
                            .item(ComparisonItem.started(id, cell, at))
                            .conditionExpression("attribute_not_exists(#id)")
                            .expressionAttributeNames(Map.of("#id", ID)))
                .build(),
            plans.updateIfStartsCells(
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
                            .tableName(plans.name())
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
                            .tableName(plans.name())
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
            plans.updateIfStartsCells(
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
  public boolean addReplicas(Comparison comparison, int replicas, Instant at) {
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
              plans.updateIfStartsCells(
                  comparison.id(),
                  set,
                  "#replicas = :from AND attribute_exists(#open) AND " + STARTS_CELLS,
                  PlanTable.with(names, "#open", OPEN),
                  values))
          .isEmpty();
    }
    Map<String, AttributeValue> reopen = new HashMap<>(values);
    reopen.put(":complete", Attributes.of(ComparisonStatus.COMPLETE.label()));
    reopen.put(":in", ComparisonItem.IN);
    reopen.put(":one", Attributes.of(1));
    Map<String, String> reopenNames = new HashMap<>(PlanTable.with(names, "#open", OPEN));
    reopenNames.put("#generation", GENERATION);
    return dynamo
        .transact(
            plans.update(
                comparison.id(),
                set + ", #open = :in, #status = :running, #generation = #generation + :one",
                "#replicas = :from AND attribute_not_exists(#open) AND #status = :complete",
                PlanTable.with(reopenNames, "#status", STATUS),
                PlanTable.with(
                    reopen, ":running", Attributes.of(ComparisonStatus.RUNNING.label()))),
            claims.enqueue(comparison.id(), experiment.providers(), at))
        .isEmpty();
  }

  @Override
  public boolean nextGeneration(ComparisonId id, int generation) {
    return dynamo
        .transact(
            plans.update(
                id,
                "SET #generation = :next",
                "#generation = :this AND attribute_exists(#open)",
                Map.of("#generation", GENERATION, "#open", OPEN),
                Map.of(":this", Attributes.of(generation), ":next", Attributes.of(generation + 1))))
        .isEmpty();
  }

  @Override
  public boolean wake(ComparisonId id, int generation) {
    return dynamo
        .transact(
            plans.update(
                id,
                "SET #status = :running, #generation = :next REMOVE #waits_for",
                "#status = :waiting AND #generation = :this",
                Map.of("#status", STATUS, "#generation", GENERATION, "#waits_for", WAITS_FOR),
                Map.of(
                    ":waiting", Attributes.of(ComparisonStatus.WAITING.label()),
                    ":running", Attributes.of(ComparisonStatus.RUNNING.label()),
                    ":this", Attributes.of(generation),
                    ":next", Attributes.of(generation + 1))))
        .isEmpty();
  }
}
