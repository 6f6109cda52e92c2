package arena.functions;

import arena.access.CallLimits;
import arena.runtime.AwsServices;
import arena.runtime.Lazy;
import arena.runtime.MdcTaskRunner;
import arena.runtime.Settings;
import arena.runtime.Stores;
import arena.runtime.Telemetry;
import arena.stream.BrokerRecovery;
import arena.stream.ConnectionSender;
import arena.stream.FanOut;
import arena.stream.Subscriptions;
import arena.stream.TaskRunner;
import arena.stream.VirtualThreadTaskRunner;
import java.time.Clock;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/** What stream-events is composed of; everything but the telemetry is created lazily. */
@NullMarked
record StreamEventsWiring(
    Telemetry telemetry,
    Supplier<CallLimits> callLimits,
    Supplier<Subscriptions> subscriptions,
    Supplier<FanOut> fanOut,
    Supplier<BrokerRecovery> recovery) {

  static StreamEventsWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Telemetry telemetry = new Telemetry("stream-events", settings);
    Clock clock = Clock.systemUTC();
    Stores stores = new Stores(settings, telemetry.metrics());
    AwsServices aws = new AwsServices(settings);
    TaskRunner tasks = new MdcTaskRunner(new VirtualThreadTaskRunner());
    ConnectionSender sender = aws.connectionSender();
    return new StreamEventsWiring(
        telemetry,
        stores::callLimits,
        new Lazy<>(
            () ->
                new Subscriptions(
                    stores.connections(),
                    stores.connectionAccess(),
                    stores.subscribers(),
                    stores.catalog(),
                    aws.fanOutInvoker(),
                    sender,
                    clock,
                    tasks)),
        new Lazy<>(
            () ->
                new FanOut(
                    new FanOut.Stores(
                        stores.subscribers(),
                        stores.broker(),
                        stores.catalog(),
                        stores.events(),
                        stores.connections(),
                        stores.connectionAccess()),
                    sender,
                    aws.fanOutInvoker(),
                    aws.payloadLinks(),
                    clock,
                    tasks,
                    telemetry.metrics())),
        new Lazy<>(
            () ->
                new BrokerRecovery(
                    stores.connections(),
                    stores.subscribers(),
                    aws.fanOutInvoker(),
                    clock,
                    tasks)));
  }
}
