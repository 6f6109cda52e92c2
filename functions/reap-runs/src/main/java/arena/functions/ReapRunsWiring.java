package arena.functions;

import arena.catalog.Catalog;
import arena.catalog.ReaperSummaries;
import arena.comparison.EndCell;
import arena.comparison.ResumeComparisons;
import arena.comparison.StopCells;
import arena.lifecycle.ReapConnections;
import arena.lifecycle.ReapOrphans;
import arena.lifecycle.ReapRuns;
import arena.lifecycle.Reaper;
import arena.runtime.AwsServices;
import arena.runtime.Lazy;
import arena.runtime.MdcTaskRunner;
import arena.runtime.Settings;
import arena.runtime.Stores;
import arena.runtime.Telemetry;
import arena.stream.TaskRunner;
import arena.stream.VirtualThreadTaskRunner;
import java.time.Clock;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/** What reap-runs is composed of; everything but the telemetry is created lazily. */
@NullMarked
record ReapRunsWiring(
    Telemetry telemetry,
    Supplier<ResumeComparisons> resumeComparisons,
    Supplier<Reaper> reaper,
    Supplier<Catalog> catalog,
    Supplier<ReaperSummaries> summaries) {

  static ReapRunsWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Telemetry telemetry = new Telemetry("reap-runs", settings);
    Clock clock = Clock.systemUTC();
    Stores stores = new Stores(settings, telemetry.metrics());
    AwsServices aws = new AwsServices(settings);
    TaskRunner tasks = new MdcTaskRunner(new VirtualThreadTaskRunner());
    return new ReapRunsWiring(
        telemetry,
        new Lazy<>(
            () ->
                new ResumeComparisons(
                    stores.comparisons(),
                    stores.comparisonArchive(),
                    new EndCell(
                        stores.comparisons(),
                        stores.catalog(),
                        stores.journal(),
                        aws.stopRun(stores),
                        clock),
                    new StopCells(stores.comparisons(), aws.stopRun(stores), tasks, clock),
                    aws.comparisonExecutions(),
                    clock)),
        new Lazy<>(
            () ->
                new Reaper(
                    stores.catalog(),
                    new ReapRuns(
                        new ReapRuns.Stores(
                            stores.catalog(),
                            stores.journal(),
                            stores.broker(),
                            stores.connections()),
                        aws.replayExecutions(),
                        aws.finalizeInvoker(),
                        settings.grace(),
                        clock,
                        tasks),
                    new ReapOrphans(
                        stores.catalog(),
                        stores.broker(),
                        stores.subscribers(),
                        stores.connections(),
                        settings.grace(),
                        clock,
                        tasks),
                    new ReapConnections(
                        stores.connections(),
                        stores.subscribers(),
                        aws.connectionSender(),
                        aws.fanOutInvoker(),
                        clock),
                    clock)),
        stores::catalog,
        stores::reaperSummaries);
  }
}
