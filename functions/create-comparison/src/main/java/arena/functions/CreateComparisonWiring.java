package arena.functions;

import arena.access.CallLimits;
import arena.comparison.CancelComparison;
import arena.comparison.CreateComparison;
import arena.comparison.Estimator;
import arena.comparison.StopCells;
import arena.comparison.WakeComparisons;
import arena.http.IdempotentRequests;
import arena.lifecycle.CreateFork;
import arena.run.RunId;
import arena.runtime.AwsServices;
import arena.runtime.EarlyStart;
import arena.runtime.Lazy;
import arena.runtime.MdcTaskRunner;
import arena.runtime.Settings;
import arena.runtime.Stores;
import arena.runtime.Telemetry;
import arena.stream.VirtualThreadTaskRunner;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/** The components of create-comparison, created lazily except the telemetry. */
@NullMarked
record CreateComparisonWiring(
    Telemetry telemetry,
    Supplier<CallLimits> callLimits,
    IdempotentRequests idempotentRequests,
    Supplier<CreateComparison> create,
    Supplier<CancelComparison> cancel) {

  static CreateComparisonWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Telemetry telemetry = new Telemetry("create-comparison", settings);
    Clock clock = Clock.systemUTC();
    Stores stores = new Stores(settings, telemetry.metrics());
    AwsServices aws = new AwsServices(settings);
    EarlyStart.inBackground(environment, List.of(stores::startArchive, aws::startExecutions));
    Lazy<CreateFork> parents = new Lazy<>(() -> aws.createFork(stores));
    return new CreateComparisonWiring(
        telemetry,
        stores::callLimits,
        new IdempotentRequests(stores::idempotency, () -> RunId.of(UUID.randomUUID())),
        new Lazy<>(
            () ->
                new CreateComparison(
                    stores.comparisons(),
                    parents,
                    aws.comparisonExecutions(),
                    new Estimator(stores.catalog()),
                    settings.offeredModels(),
                    clock)),
        new Lazy<>(
            () ->
                new CancelComparison(
                    stores.comparisons(),
                    new WakeComparisons(stores.comparisons(), aws.comparisonExecutions()),
                    new StopCells(
                        stores.comparisons(),
                        aws.stopRun(stores),
                        new MdcTaskRunner(new VirtualThreadTaskRunner()),
                        clock),
                    clock)));
  }
}
