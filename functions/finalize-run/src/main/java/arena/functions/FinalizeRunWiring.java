package arena.functions;

import arena.lifecycle.CloseRun;
import arena.lifecycle.FinalizeRun;
import arena.metrics.Metrics;
import arena.runtime.AwsServices;
import arena.runtime.EarlyStart;
import arena.runtime.Lazy;
import arena.runtime.Settings;
import arena.runtime.Stores;
import arena.runtime.Telemetry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/** What finalize-run is composed of; everything but the telemetry is created lazily. */
@NullMarked
record FinalizeRunWiring(
    Telemetry telemetry, Supplier<FinalizeRun> finalizeRun, Supplier<CloseRun> closeRun) {

  static FinalizeRunWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Telemetry telemetry = new Telemetry("finalize-run", settings);
    Stores stores = new Stores(settings, telemetry.metrics());
    AwsServices aws = new AwsServices(settings);
    EarlyStart.inBackground(
        environment, List.of(stores::startArchiveForWriting, stores::startBroker));
    return new FinalizeRunWiring(
        telemetry,
        new Lazy<>(() -> finalizeRun(stores, telemetry.metrics())),
        new Lazy<>(() -> new CloseRun(stores.catalog(), stores.broker(), aws.fanOutInvoker())));
  }

  private static FinalizeRun finalizeRun(Stores stores, Metrics metrics) {
    return new FinalizeRun(
        stores.catalog(), stores.journal(), stores.archiveForWriting(), Clock.systemUTC(), metrics);
  }
}
