package arena.functions;

import arena.access.CallLimits;
import arena.diagnosis.ActiveReplays;
import arena.diagnosis.BugReport;
import arena.diagnosis.FactCollector;
import arena.diagnosis.FactSources;
import arena.diagnosis.Operations;
import arena.diagnosis.StallThresholds;
import arena.http.DiagnosisRoutes;
import arena.runtime.AwsServices;
import arena.runtime.ComponentVersions;
import arena.runtime.CreationRecorder;
import arena.runtime.Lazy;
import arena.runtime.Settings;
import arena.runtime.Stores;
import arena.runtime.Telemetry;
import arena.text.Redactor;
import java.time.Clock;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/** What diagnose-run is composed of; everything but the telemetry is created lazily. */
@NullMarked
record DiagnoseRunWiring(
    Telemetry telemetry, Supplier<CallLimits> callLimits, DiagnosisRoutes.Parts routes) {

  static DiagnoseRunWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Telemetry telemetry = new Telemetry("diagnose-run", settings);
    Clock clock = Clock.systemUTC();
    Redactor redactor = settings.redactor();
    Stores stores = new Stores(settings, telemetry.metrics());
    AwsServices aws = new AwsServices(settings);
    Lazy<StallThresholds> thresholds =
        new Lazy<>(() -> new StallThresholds(settings.modelTimeout(), settings.grace()));
    Lazy<FactSources> sources = new Lazy<>(() -> aws.factSources(stores));
    Lazy<FactCollector> collector =
        new Lazy<>(
            () ->
                new FactCollector(
                    sources.get(),
                    thresholds.get(),
                    settings.redis().redisCli(),
                    redactor,
                    clock,
                    Thread::sleep));
    return new DiagnoseRunWiring(
        telemetry,
        stores::callLimits,
        new DiagnosisRoutes.Parts(
            collector,
            new Lazy<>(
                () -> new ActiveReplays(stores.catalog(), sources.get(), thresholds.get(), clock)),
            new Lazy<>(
                () ->
                    new Operations(
                        new Operations.Sources(
                            () -> stores.reaperSummaries().find(),
                            () -> stores.inspection().health(),
                            () -> sources.get().cache()),
                        clock)),
            new Lazy<>(
                () ->
                    new BugReport(
                        collector.get(),
                        sources.get(),
                        stores.catalog(),
                        reportSources(environment, stores, aws),
                        redactor,
                        clock)),
            new Lazy<>(() -> aws.stopRun(stores)),
            redactor));
  }

  private static BugReport.ReportSources reportSources(
      Map<String, String> environment, Stores stores, AwsServices aws) {
    CreationRecorder recorder = new CreationRecorder(stores.catalog(), stores.catalog());
    return new BugReport.ReportSources(
        aws.logSource(),
        recorder::counters,
        stores.inspection()::redisCliOutput,
        () -> ComponentVersions.of(environment, stores.inspection()));
  }
}
