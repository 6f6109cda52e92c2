package arena.functions;

import arena.access.CallLimits;
import arena.http.ExportRoutes;
import arena.http.ReadRoutes;
import arena.http.Router;
import arena.lifecycle.RunQueries;
import arena.runtime.AwsServices;
import arena.runtime.Lazy;
import arena.runtime.Settings;
import arena.runtime.Stores;
import arena.runtime.Telemetry;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.NullMarked;

/** What read-runs is composed of; what the routes use is created lazily. */
@NullMarked
record ReadRunsWiring(
    Telemetry telemetry, Supplier<CallLimits> callLimits, Map<String, Router.Route> routes) {

  static ReadRunsWiring of(Map<String, String> environment) {
    Settings settings = new Settings(environment);
    Telemetry telemetry = new Telemetry("read-runs", settings);
    Stores stores = new Stores(settings, telemetry.metrics());
    AwsServices aws = new AwsServices(settings);
    Lazy<RunQueries> queries =
        new Lazy<>(
            () ->
                new RunQueries(
                    stores.catalog(), stores.events(), stores.journal(), stores::archive));
    Map<String, Router.Route> routes = new HashMap<>(ReadRoutes.over(queries));
    routes.putAll(ExportRoutes.over(queries, new Lazy<>(aws::archiveLinks)));
    return new ReadRunsWiring(telemetry, stores::callLimits, routes);
  }
}
