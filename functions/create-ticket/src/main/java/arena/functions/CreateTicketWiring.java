package arena.functions;

import arena.access.CallLimits;
import arena.access.Tickets;
import arena.runtime.Lazy;
import arena.runtime.Settings;
import arena.runtime.Stores;
import arena.runtime.Telemetry;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/** What create-ticket is composed of; the tickets are created lazily. */
@NullMarked
record CreateTicketWiring(
    Telemetry telemetry, Supplier<CallLimits> callLimits, Supplier<Tickets> tickets) {

  static CreateTicketWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Telemetry telemetry = new Telemetry("create-ticket", settings);
    Stores stores = new Stores(settings, telemetry.metrics());
    return new CreateTicketWiring(telemetry, stores::callLimits, new Lazy<>(stores::tickets));
  }
}
