package arena.comparison;

import arena.catalog.RunItem;
import arena.codec.Timestamps;
import arena.codec.WorldCodec;
import arena.comparison.Design.Arm;
import arena.comparison.Design.Experiment;
import arena.comparison.Design.Race;
import arena.dynamo.Attributes;
import arena.run.RunId;
import arena.world.Scenario;
import arena.world.Score;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Converts comparisons and cells to and from items of their table. A comparison's items have its id
 * as partition key; the sort key is {@link #PLAN}, or the number of a cell. The item of a provider
 * that a comparison plays on has a separate partition, and those of the queue are in one.
 */
final class ComparisonItem {
  /** The partition key. */
  static final String ID = "comparison_id";

  /** The sort key. */
  static final String ITEM = "item";

  /** The sort key of a comparison's plan. */
  static final String PLAN = "plan";

  /** The start of the sort key of a cell; those of all cells follow each other by number. */
  static final String CELL = "cell#";

  /** The sort key of a provider's item. */
  static final String CLAIM = "claim";

  /** In a provider's item, the comparison that plays on it. */
  static final String HOLDER = "holder";

  /** The partition of the queue; the sort keys are times and ids. */
  static final String QUEUE = "queue";

  /** In the queue, true if the comparison has claimed its providers. */
  static final String PLAYS = "plays";

  // A plan is in an index if it has the attribute with the index's name.
  static final String KIND = "kind";
  static final String OPEN = "open";
  static final String CREATED_AT = "created_at";

  static final String STATUS = "status";
  static final String STOP_REASON = "stop_reason";
  static final String WAITS_FOR = "waits_for";
  static final String GENERATION = "generation";
  static final String REPLICAS = "replicas";
  static final String PLANNED = "cells_planned";
  static final String RUNNING = "cells_running";
  static final String COMPLETE = "cells_complete";
  static final String FAILED = "cells_failed";
  static final String NOT_STARTED = "cells_not_started";
  static final String COST = "cost_usd";

  /** Number of ended cells whose cost is not known. */
  static final String UNKNOWN_COSTS = "unknown_costs";

  static final String TURNS = "turns";
  static final String BUDGET_USD = "budget_usd";
  static final String BUDGET_TURNS = "budget_turns";

  static final String STATE = "state";
  static final String STARTED_AT = "started_at";
  static final String ENDED_AT = "ended_at";
  static final String OUTCOME = "outcome";

  /** The value of {@link #OPEN}. */
  static final AttributeValue IN = AttributeValue.fromS("1");

  private ComparisonItem() {}

  static Map<String, AttributeValue> planKey(ComparisonId id) {
    return key(id.value(), PLAN);
  }

  static Map<String, AttributeValue> cellKey(ComparisonId id, int number) {
    return key(id.value(), String.format(Locale.ROOT, "%s%03d", CELL, number));
  }

  static Map<String, AttributeValue> claimKey(String provider) {
    return key("provider:" + provider, CLAIM);
  }

  /** Returns the item of a comparison's place in the queue. */
  static Map<String, AttributeValue> queued(
      ComparisonId id, List<String> providers, Instant since) {
    Map<String, AttributeValue> item =
        new HashMap<>(queueKey(new ComparisonQueue.Entry(id, since, providers, false)));
    item.put("providers", list(providers.stream().map(Attributes::of).toList()));
    return item;
  }

  static Map<String, AttributeValue> queueKey(ComparisonQueue.Entry entry) {
    return key(QUEUE, Timestamps.write(entry.since()) + "#" + entry.id());
  }

  /** Converts a place in the queue. */
  static ComparisonQueue.Entry entry(Map<String, AttributeValue> item) {
    String key = Attributes.text(item, ITEM);
    int separator = key.indexOf('#');
    return new ComparisonQueue.Entry(
        ComparisonId.of(key.substring(separator + 1)),
        Timestamps.read(key.substring(0, separator)),
        items(item, "providers").stream().map(AttributeValue::s).toList(),
        item.containsKey(PLAYS));
  }

  private static Map<String, AttributeValue> key(String id, String item) {
    return Map.of(ID, Attributes.of(id), ITEM, Attributes.of(item));
  }

  /** Returns the id of the comparison that an item belongs to. */
  static ComparisonId id(Map<String, AttributeValue> item) {
    return ComparisonId.of(Attributes.text(item, ID));
  }

  /** Returns the item of a new comparison's plan. */
  static Map<String, AttributeValue> ofNew(Comparison comparison) {
    Map<String, AttributeValue> item = new HashMap<>(planKey(comparison.id()));
    item.put(KIND, Attributes.of(comparison.kind().label()));
    item.put(OPEN, IN);
    item.put("label", Attributes.of(comparison.label()));
    item.put(CREATED_AT, Attributes.of(Timestamps.write(comparison.createdAt())));
    item.put("seed", Attributes.of(comparison.seed()));
    item.put("n_turns", Attributes.of(comparison.design().nTurns()));
    comparison.budget().usd().ifPresent(usd -> item.put(BUDGET_USD, Attributes.of((double) usd)));
    comparison
        .budget()
        .turns()
        .ifPresent(turns -> item.put(BUDGET_TURNS, Attributes.of((long) turns)));
    switch (comparison.design()) {
      case Experiment experiment -> put(experiment, item);
      case Race race -> put(race, item);
    }
    item.put(STATUS, Attributes.of(comparison.status().label()));
    item.put(GENERATION, Attributes.of(0));
    item.put(PLANNED, Attributes.of(comparison.design().cells()));
    for (String count : List.of(RUNNING, COMPLETE, FAILED, NOT_STARTED, COST, UNKNOWN_COSTS)) {
      item.put(count, Attributes.of(0));
    }
    item.put(TURNS, Attributes.of(0));
    return item;
  }

  private static void put(Experiment experiment, Map<String, AttributeValue> item) {
    item.put("parent_run_id", Attributes.of(experiment.parentRunId().value()));
    item.put("parent_t", Attributes.of(experiment.parentT()));
    item.put("scenario", Attributes.of(experiment.scenario()));
    item.put("start", Attributes.of(WorldCodec.write(experiment.start())));
    item.put("arms", list(experiment.arms().stream().map(ComparisonItem::arm).toList()));
    item.put("control", Attributes.of(experiment.control()));
    item.put(REPLICAS, Attributes.of(experiment.replicas()));
  }

  private static AttributeValue arm(Arm arm) {
    return Attributes.of(
        Map.of(
            "name", Attributes.of(arm.name()),
            "mutation", Attributes.of(RunItem.mutation(arm.mutation())),
            "profile", Attributes.of(RunItem.profile(arm.profile()))));
  }

  private static void put(Race race, Map<String, AttributeValue> item) {
    item.put(
        "profiles",
        list(
            race.profiles().stream()
                .map(profile -> Attributes.of(RunItem.profile(profile)))
                .toList()));
    item.put(
        "scenarios",
        list(race.scenarios().stream().map(scenario -> Attributes.of(scenario.label())).toList()));
    item.put("rounds", Attributes.of(race.rounds()));
  }

  private static AttributeValue list(List<AttributeValue> values) {
    return AttributeValue.fromL(values);
  }

  /**
   * Converts a plan's item to a comparison.
   *
   * @throws IllegalStateException if the item is invalid
   */
  static Comparison read(Map<String, AttributeValue> item) {
    ComparisonKind kind = ComparisonKind.fromLabel(Attributes.text(item, KIND));
    return new Comparison(
        id(item),
        Attributes.text(item, "label"),
        Timestamps.read(Attributes.text(item, CREATED_AT)),
        switch (kind) {
          case EXPERIMENT -> experiment(item);
          case RACE -> race(item);
        },
        new Budget(Attributes.findReal(item, BUDGET_USD), Attributes.findWhole(item, BUDGET_TURNS)),
        Attributes.whole(item, "seed"),
        new Comparison.Progress(
            ComparisonStatus.fromLabel(Attributes.text(item, STATUS)),
            Attributes.findText(item, STOP_REASON).map(StopReason::fromLabel),
            Attributes.findText(item, WAITS_FOR).map(ComparisonId::of),
            Attributes.integer(item, GENERATION),
            item.containsKey(OPEN),
            new Comparison.Counts(
                Attributes.integer(item, PLANNED),
                Attributes.integer(item, RUNNING),
                Attributes.integer(item, COMPLETE),
                Attributes.integer(item, FAILED),
                Attributes.integer(item, NOT_STARTED)),
            Attributes.real(item, COST),
            Attributes.whole(item, UNKNOWN_COSTS) == 0,
            Attributes.whole(item, TURNS)));
  }

  private static Experiment experiment(Map<String, AttributeValue> item) {
    return new Experiment(
        RunId.of(Attributes.text(item, "parent_run_id")),
        Attributes.integer(item, "parent_t"),
        Attributes.text(item, "scenario"),
        WorldCodec.read(Attributes.text(item, "start")),
        items(item, "arms").stream()
            .map(AttributeValue::m)
            .map(
                arm ->
                    new Arm(
                        Attributes.text(arm, "name"),
                        RunItem.readMutation(map(arm, "mutation")),
                        RunItem.readProfile(map(arm, "profile"))))
            .toList(),
        Attributes.text(item, "control"),
        Attributes.integer(item, REPLICAS),
        Attributes.integer(item, "n_turns"));
  }

  private static Race race(Map<String, AttributeValue> item) {
    return new Race(
        items(item, "profiles").stream().map(AttributeValue::m).map(RunItem::readProfile).toList(),
        items(item, "scenarios").stream()
            .map(AttributeValue::s)
            .map(ComparisonItem::scenario)
            .toList(),
        Attributes.integer(item, "rounds"),
        Attributes.integer(item, "n_turns"));
  }

  private static Scenario scenario(String label) {
    return Scenario.fromLabel(label)
        .orElseThrow(() -> new IllegalStateException("unknown scenario " + label));
  }

  private static List<AttributeValue> items(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    if (value == null || !value.hasL()) {
      throw new IllegalStateException("missing attribute " + name);
    }
    return value.l();
  }

  private static Map<String, AttributeValue> map(Map<String, AttributeValue> item, String name) {
    return Attributes.findMap(item, name)
        .orElseThrow(() -> new IllegalStateException("missing attribute " + name));
  }

  /** Returns the number of the cell that an item is of. */
  static int number(Map<String, AttributeValue> item) {
    return Integer.parseInt(Attributes.text(item, ITEM).substring(CELL.length()));
  }

  /** Returns the item of a cell whose run starts. */
  static Map<String, AttributeValue> started(ComparisonId id, int number, Instant at) {
    Map<String, AttributeValue> item = new HashMap<>(cellKey(id, number));
    item.put(STATE, Attributes.of(Cell.State.RUNNING.label()));
    item.put("run_id", Attributes.of(id.runOf(number).value()));
    item.put(STARTED_AT, Attributes.of(Timestamps.write(at)));
    return item;
  }

  /** Converts a cell's item. */
  static Cell cell(Comparison comparison, Map<String, AttributeValue> item) {
    return new Cell(
        comparison.design().cell(number(item)),
        RunId.of(Attributes.text(item, "run_id")),
        Cell.State.fromLabel(Attributes.text(item, STATE)),
        Optional.empty(),
        Attributes.findText(item, STARTED_AT).map(Timestamps::read),
        Attributes.findText(item, ENDED_AT).map(Timestamps::read),
        Attributes.findMap(item, OUTCOME).map(ComparisonItem::readOutcome));
  }

  static Map<String, AttributeValue> outcome(CellOutcome outcome) {
    Map<String, AttributeValue> map = new HashMap<>();
    map.put("final_age", Attributes.of(outcome.finalAge()));
    map.put("final_age_index", Attributes.of(outcome.score().ageIndex()));
    map.put("population", Attributes.of(outcome.score().population()));
    map.put("economy", Attributes.of(outcome.score().economy()));
    outcome.feudalT().ifPresent(t -> map.put("feudal_t", Attributes.of(t)));
    map.put(TURNS, Attributes.of(outcome.turns()));
    map.put(COST, Attributes.of(outcome.costUsd()));
    map.put("cost_known", AttributeValue.fromBool(outcome.costKnown()));
    outcome
        .failure()
        .ifPresent(failure -> map.put("failure", Attributes.of(RunItem.failure(failure))));
    return map;
  }

  private static CellOutcome readOutcome(Map<String, AttributeValue> map) {
    return new CellOutcome(
        Attributes.text(map, "final_age"),
        new Score(
            Attributes.integer(map, "final_age_index"),
            Attributes.integer(map, "population"),
            Attributes.real(map, "economy")),
        Attributes.findWhole(map, "feudal_t").map(Math::toIntExact),
        Attributes.integer(map, TURNS),
        Attributes.real(map, COST),
        AttributeValue.fromBool(true).equals(map.get("cost_known")),
        Attributes.findMap(map, "failure").map(RunItem::readFailure));
  }
}
