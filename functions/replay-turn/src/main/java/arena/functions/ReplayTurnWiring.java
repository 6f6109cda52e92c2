package arena.functions;

import arena.agent.ModelAgentResolver;
import arena.lifecycle.PlayTurn;
import arena.lifecycle.Publisher;
import arena.lifecycle.RecordedTurns;
import arena.runtime.AwsServices;
import arena.runtime.Lazy;
import arena.runtime.MdcTaskRunner;
import arena.runtime.Settings;
import arena.runtime.Stores;
import arena.runtime.Telemetry;
import arena.stream.VirtualThreadTaskRunner;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/** What replay-turn is composed of; everything but the telemetry is created lazily. */
@NullMarked
record ReplayTurnWiring(Telemetry telemetry, Supplier<PlayTurn> playTurn) {
  /** Time for the store calls of a turn, and for the start of its function. */
  private static final Duration STORE_CALLS = Duration.ofSeconds(30);

  static ReplayTurnWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Telemetry telemetry = new Telemetry("replay-turn", settings);
    Stores stores = new Stores(settings, telemetry.metrics());
    AwsServices aws = new AwsServices(settings);
    return new ReplayTurnWiring(
        telemetry,
        new Lazy<>(
            () ->
                new PlayTurn(
                    stores.journal(),
                    new Publisher(
                        stores.broker(),
                        stores.journal(),
                        stores.catalog(),
                        aws.fanOutInvoker(),
                        Clock.systemUTC(),
                        telemetry.metrics()),
                    new ModelAgentResolver(environment),
                    new RecordedTurns(stores.catalog(), stores.events()),
                    patience(settings),
                    Clock.systemUTC(),
                    new MdcTaskRunner(new VirtualThreadTaskRunner()),
                    telemetry.metrics())));
  }

  /** The reaper ends a run whose last event is older than the grace period. */
  private static Duration patience(Settings settings) {
    Duration lastCall = settings.modelTimeout().plus(STORE_CALLS);
    return settings.grace().minus(lastCall);
  }
}
