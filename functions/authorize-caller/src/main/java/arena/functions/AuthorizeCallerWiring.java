package arena.functions;

import arena.access.Authenticator;
import arena.runtime.Lazy;
import arena.runtime.Settings;
import arena.runtime.Stores;
import arena.runtime.Telemetry;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/** What authorize-caller is composed of; the authenticator is created lazily. */
@NullMarked
record AuthorizeCallerWiring(Telemetry telemetry, Supplier<Authenticator> authenticator) {

  static AuthorizeCallerWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Telemetry telemetry = new Telemetry("authorize-caller", settings);
    Stores stores = new Stores(settings, telemetry.metrics());
    return new AuthorizeCallerWiring(telemetry, new Lazy<>(stores::authenticator));
  }
}
