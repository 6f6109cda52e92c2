package arena.functions;

import arena.lifecycle.RunQueries;
import arena.runtime.Lazy;
import arena.runtime.Settings;
import arena.runtime.Stores;
import arena.runtime.Telemetry;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/** What read-runs is composed of; the queries are created lazily. */
@NullMarked
record ReadRunsWiring(Telemetry telemetry, Supplier<RunQueries> queries) {

  static ReadRunsWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Telemetry telemetry = new Telemetry("read-runs", settings);
    Stores stores = new Stores(settings, telemetry.metrics());
    return new ReadRunsWiring(
        telemetry,
        new Lazy<>(
            () ->
                new RunQueries(
                    stores.catalog(), stores.events(), stores.journal(), stores::archive)));
  }
}
