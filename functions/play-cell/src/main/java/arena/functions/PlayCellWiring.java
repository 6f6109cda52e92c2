package arena.functions;

import arena.comparison.PlayCells;
import arena.comparison.WakeComparisons;
import arena.lifecycle.CreateRun;
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

/** The components of play-cell, created lazily except the telemetry. */
@NullMarked
record PlayCellWiring(Telemetry telemetry, Supplier<PlayCells> playCells) {

  static PlayCellWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Telemetry telemetry = new Telemetry("play-cell", settings);
    Stores stores = new Stores(settings, telemetry.metrics());
    AwsServices aws = new AwsServices(settings);
    EarlyStart.inBackground(environment, List.of(aws::startExecutions));
    return new PlayCellWiring(telemetry, new Lazy<>(() -> playCells(settings, stores, aws)));
  }

  private static PlayCells playCells(Settings settings, Stores stores, AwsServices aws) {
    Clock clock = Clock.systemUTC();
    return new PlayCells(
        stores.comparisons(),
        stores.comparisonArchive(),
        new WakeComparisons(stores.comparisons(), aws.comparisonExecutions()),
        stores.catalog(),
        stores.journal(),
        new PlayCells.Runs(
            new CreateRun(aws.startRun(stores), clock),
            aws.createFork(stores),
            aws.stopRun(stores)),
        settings.comparisonConcurrency(),
        clock);
  }
}
