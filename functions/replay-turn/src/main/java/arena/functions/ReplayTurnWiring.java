package arena.functions;

import arena.agent.ModelAgentResolver;
import arena.lifecycle.PlayTurn;
import arena.lifecycle.Publisher;
import arena.runtime.AwsServices;
import arena.runtime.Lazy;
import arena.runtime.Settings;
import arena.runtime.Stores;
import arena.runtime.Telemetry;
import java.time.Clock;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/** What replay-turn is composed of; everything but the telemetry is created lazily. */
@NullMarked
record ReplayTurnWiring(Telemetry telemetry, Supplier<PlayTurn> playTurn) {

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
                        stores.broker(), stores.journal(), stores.catalog(), aws.fanOutInvoker()),
                    new ModelAgentResolver(environment),
                    Clock.systemUTC(),
                    telemetry.metrics())));
  }
}
