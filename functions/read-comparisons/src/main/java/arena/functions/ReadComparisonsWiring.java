package arena.functions;

import arena.access.CallLimits;
import arena.comparison.ComparisonQueries;
import arena.runtime.Lazy;
import arena.runtime.Settings;
import arena.runtime.Stores;
import arena.runtime.Telemetry;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/** What read-comparisons is composed of; the queries are created lazily. */
@NullMarked
record ReadComparisonsWiring(
    Telemetry telemetry, Supplier<CallLimits> callLimits, Supplier<ComparisonQueries> queries) {

  static ReadComparisonsWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Telemetry telemetry = new Telemetry("read-comparisons", settings);
    Stores stores = new Stores(settings, telemetry.metrics());
    return new ReadComparisonsWiring(
        telemetry,
        stores::callLimits,
        new Lazy<>(() -> new ComparisonQueries(stores.comparisons(), stores.catalog())));
  }
}
