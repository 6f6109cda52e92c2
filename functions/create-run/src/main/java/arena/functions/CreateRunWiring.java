package arena.functions;

import arena.access.CallLimits;
import arena.http.IdempotentRequests;
import arena.lifecycle.CreateRun;
import arena.run.RunId;
import arena.runtime.AwsServices;
import arena.runtime.CreationRecorder;
import arena.runtime.EarlyStart;
import arena.runtime.Lazy;
import arena.runtime.Settings;
import arena.runtime.Stores;
import arena.runtime.Telemetry;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/** What create-run is composed of; everything but the telemetry is created lazily. */
@NullMarked
record CreateRunWiring(
    Telemetry telemetry,
    Supplier<CallLimits> callLimits,
    IdempotentRequests idempotentRequests,
    Supplier<CreationRecorder> creationRecorder,
    Supplier<CreateRun> createRun) {

  static CreateRunWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Telemetry telemetry = new Telemetry("create-run", settings);
    Stores stores = new Stores(settings, telemetry.metrics());
    AwsServices aws = new AwsServices(settings);
    EarlyStart.inBackground(environment, List.of(aws::startExecutions, stores::startBroker));
    return new CreateRunWiring(
        telemetry,
        stores::callLimits,
        new IdempotentRequests(stores::idempotency, () -> RunId.of(UUID.randomUUID())),
        new Lazy<>(() -> new CreationRecorder(stores.catalog(), stores.catalog())),
        new Lazy<>(() -> new CreateRun(aws.startRun(stores), Clock.systemUTC())));
  }
}
