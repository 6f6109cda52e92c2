package arena.functions;

import arena.access.CallLimits;
import arena.archive.Archive;
import arena.http.IdempotentRequests;
import arena.lifecycle.CreateFork;
import arena.run.RunId;
import arena.runtime.AwsServices;
import arena.runtime.CreationRecorder;
import arena.runtime.EarlyStart;
import arena.runtime.Lazy;
import arena.runtime.Settings;
import arena.runtime.Stores;
import arena.runtime.Telemetry;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/**
 * The components of create-fork, created lazily except the telemetry.
 *
 * @param archive for the address of the fork's archive and the events of an archived parent
 */
@NullMarked
record CreateForkWiring(
    Telemetry telemetry,
    Supplier<CallLimits> callLimits,
    IdempotentRequests idempotentRequests,
    Supplier<CreationRecorder> creationRecorder,
    Supplier<CreateFork> createFork,
    Supplier<Archive> archive) {

  static CreateForkWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Telemetry telemetry = new Telemetry("create-fork", settings);
    Stores stores = new Stores(settings, telemetry.metrics());
    AwsServices aws = new AwsServices(settings);
    EarlyStart.inBackground(
        environment, List.of(stores::startArchive, aws::startExecutions, stores::startBroker));
    return new CreateForkWiring(
        telemetry,
        stores::callLimits,
        new IdempotentRequests(stores::idempotency, () -> RunId.of(UUID.randomUUID())),
        new Lazy<>(() -> new CreationRecorder(stores.catalog(), stores.catalog())),
        new Lazy<>(() -> aws.createFork(stores)),
        stores::archive);
  }
}
