package arena.benchmark;

import arena.local.calls.CallCounter;
import arena.local.calls.CallUsage;
import arena.local.template.Template;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures what forks use and prints their bill, and what the stack costs a month without a run:
 * the tables of functions/COSTS.md.
 */
final class ForkCost implements Measurement {
  private static final int MEASURED = 5;
  private static final ForkBill.Assumptions ASSUMED = new ForkBill.Assumptions(1_000, 60, 3, 2);

  /** Invocations of the reaper in a month, one every 15 minutes. */
  private static final int REAPS = IdleBill.HOURS * 4;

  /** The variants of the template, by name: values of its parameters. */
  static final Map<String, Map<String, String>> VARIANTS = variants();

  private static Map<String, Map<String, String>> variants() {
    Map<String, String> network =
        Map.of(
            "VpcId",
            "vpc-0123456789abcdef0",
            "PrivateSubnetIds",
            "subnet-01234567,subnet-89abcdef");
    Map<String, String> smallest = new LinkedHashMap<>(network);
    smallest.put("CacheEngine", "valkey");
    smallest.put("CacheNodes", "1");
    Map<String, Map<String, String>> variants = new LinkedHashMap<>();
    variants.put("as the template stands", Map.of());
    variants.put("Valkey", Map.of("CacheEngine", "valkey"));
    variants.put("one cache node", Map.of("CacheNodes", "1"));
    variants.put("one node of Valkey", Map.of("CacheEngine", "valkey", "CacheNodes", "1"));
    variants.put("existing network", network);
    variants.put("existing network, one node of Valkey", smallest);
    return variants;
  }

  @Override
  public String title() {
    return String.format(
        Locale.ROOT,
        "cost of %,d forks of %d turns with %d viewers, from %d forks",
        ASSUMED.forks(),
        ASSUMED.turns(),
        ASSUMED.viewers(),
        MEASURED);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    UnitPrices prices = UnitPrices.read(UnitPrices.FILE);
    ForkUsage usage = new PlayedForks(stack, MEASURED, ASSUMED.turns(), ASSUMED.viewers()).play();
    List<Charge> reaper = reaper(stack, prices);
    List<Row> rows = new ArrayList<>();
    Template template = Template.read(Path.of("template.yaml"));
    VARIANTS.forEach(
        (variant, parameters) -> {
          List<Charge> idle = new IdleBill(template, prices, parameters).charges();
          if (parameters.isEmpty()) {
            idle.forEach(charge -> rows.add(charge.row()));
          }
          rows.add(Row.dollars("idle a month: " + variant, Charge.total(idle), ""));
        });
    reaper.forEach(charge -> rows.add(charge.row()));
    List<Charge> charges = new ForkBill(usage, prices, ASSUMED).charges();
    charges.forEach(charge -> rows.add(charge.row()));
    rows.add(
        Row.dollars(
            String.format(Locale.ROOT, "%,d forks", ASSUMED.forks()),
            Charge.total(charges),
            String.format(
                Locale.ROOT,
                "%d turns, %d viewers, a model that answers within %.0f s; without the model's"
                    + " price",
                ASSUMED.turns(),
                ASSUMED.viewers(),
                ASSUMED.modelSeconds())));
    Charge metrics =
        new Charge(
            "custom metrics, if forks are played in every hour of a month",
            usage.metrics().size(),
            prices.get("custom_metric_month"));
    rows.add(metrics.row());
    rows.addAll(uses(usage));
    return rows;
  }

  /** What the reaper uses in a month without runs. */
  private static List<Charge> reaper(MeasuredStack stack, UnitPrices prices) {
    LogsSince logs = new LogsSince(stack.logs());
    Map<String, CallUsage> calls = CallCounter.during(stack::reap);
    LoggedUsage logged = new LoggedUsage(logs);
    double readUnits = calls.values().stream().mapToDouble(CallUsage::readUnits).sum();
    double work =
        logged.functions().values().stream()
            .mapToDouble(ForkUsage.Invocations::gigabyteSeconds)
            .sum();
    return List.of(
        new Charge("reaper, metrics", logged.metrics().size(), prices.get("custom_metric_month")),
        new Charge("reaper, Lambda", work * REAPS, prices.get("lambda_gb_second")),
        new Charge("reaper, DynamoDB reads", readUnits * REAPS, prices.get("dynamodb_read_unit")));
  }

  /** What a fork uses, for comparison between versions. */
  private static List<Row> uses(ForkUsage usage) {
    List<Row> rows = new ArrayList<>();
    usage
        .functions()
        .forEach(
            (function, invocations) ->
                rows.add(
                    Row.amount(
                        "invocations of " + function,
                        (double) invocations.count() / usage.forks(),
                        "a fork",
                        String.format(
                            Locale.ROOT,
                            "%.2f GB-s",
                            invocations.gigabyteSeconds() / usage.forks()))));
    usage
        .calls()
        .forEach(
            (call, used) ->
                rows.add(
                    Row.amount(
                        call,
                        (double) used.calls() / usage.forks(),
                        "calls a fork",
                        String.format(
                            Locale.ROOT,
                            "%.1f write units, %.1f read units, %,d bytes, %d failed of %d forks",
                            used.writeUnits() / usage.forks(),
                            used.readUnits() / usage.forks(),
                            used.bytes() / usage.forks(),
                            used.failed(),
                            usage.forks()))));
    rows.add(
        Row.amount(
            "history of an execution", (double) usage.historyEvents(), "events", "of 25,000"));
    rows.add(
        Row.amount(
            "custom metrics",
            usage.metrics().size(),
            "metrics",
            String.join(" ", usage.metrics())));
    return rows;
  }
}
