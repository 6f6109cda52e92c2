package arena.functions;

import arena.catalog.Catalog;
import arena.lifecycle.ReapConnections;
import arena.lifecycle.ReapOrphans;
import arena.lifecycle.ReapRuns;
import arena.runtime.AwsServices;
import arena.runtime.Lazy;
import arena.runtime.Settings;
import arena.runtime.Stores;
import arena.runtime.Telemetry;
import java.time.Clock;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/** What reap-runs is composed of; everything but the telemetry is created lazily. */
@NullMarked
record ReapRunsWiring(
    Telemetry telemetry,
    Supplier<ReapRuns> reapRuns,
    Supplier<ReapOrphans> reapOrphans,
    Supplier<ReapConnections> reapConnections,
    Supplier<Catalog> catalog) {

  static ReapRunsWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Telemetry telemetry = new Telemetry("reap-runs", settings);
    Clock clock = Clock.systemUTC();
    Stores stores = new Stores(settings, telemetry.metrics());
    AwsServices aws = new AwsServices(settings);
    return new ReapRunsWiring(
        telemetry,
        new Lazy<>(
            () ->
                new ReapRuns(
                    new ReapRuns.Stores(
                        stores.catalog(),
                        stores.journal(),
                        stores.broker(),
                        stores.subscribers(),
                        stores.connections()),
                    aws.replayExecutions(),
                    aws.finalizeInvoker(),
                    settings.grace(),
                    clock)),
        new Lazy<>(
            () ->
                new ReapOrphans(
                    stores.catalog(),
                    stores.broker(),
                    stores.subscribers(),
                    stores.connections(),
                    settings.grace(),
                    clock)),
        new Lazy<>(
            () ->
                new ReapConnections(
                    stores.connections(),
                    stores.subscribers(),
                    aws.connectionSender(),
                    aws.fanOutInvoker(),
                    clock)),
        stores::catalog);
  }
}
