package arena.local.template;

import arena.local.gateway.HttpApiDefinition;
import arena.local.lambda.FunctionDefinition;
import arena.local.log.LogFilter;
import arena.local.schedule.ScheduleDefinition;
import arena.local.schedule.ScheduleRate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads functions with their defaults, and the routes and schedules that invoke them. */
final class FunctionReader {
  private static final long DEFAULT_TIMEOUT_SECONDS = 3;
  private static final long DEFAULT_MEMORY = 128;
  private static final int DEFAULT_STORAGE = 512;

  private final ResolvedStack stack;
  private final AuthorizerReader authorizers;
  private final Section defaults;
  private final List<HttpApiDefinition.Route> routes = new ArrayList<>();
  private final List<ScheduleDefinition> schedules = new ArrayList<>();

  FunctionReader(ResolvedStack stack) {
    this.stack = stack;
    authorizers = new AuthorizerReader(stack);
    defaults = stack.functionDefaults();
  }

  FunctionDefinition read(String id, String name, Section own) {
    Map<String, String> environment = new HashMap<>();
    for (Section section : layered(id, own, "Environment")) {
      section
          .at("Variables")
          .entries()
          .forEach((variable, value) -> environment.put(variable, value.string()));
    }
    environment.putAll(stack.deployment().environment());
    own.at("Events").entries().forEach((event, section) -> event(id, name, event, section));
    return PlanReader.checked(
        own,
        () ->
            new FunctionDefinition(
                name,
                property(own, "Handler").string(),
                stack.folder().resolve(property(own, "CodeUri").string()),
                environment,
                Duration.ofSeconds(property(own, "Timeout").integer(DEFAULT_TIMEOUT_SECONDS)),
                Math.toIntExact(property(own, "MemorySize").integer(DEFAULT_MEMORY)),
                Math.toIntExact(
                    property(own, "EphemeralStorage").at("Size").integer(DEFAULT_STORAGE)),
                background(property(own, "EventInvokeConfig")),
                logFilter(own),
                packaging(id, own)));
  }

  /** Returns a property's default, unless the function ignores it, and the function's own value. */
  private List<Section> layered(String id, Section own, String property) {
    return stack.ignoredDefaults(id).contains(property)
        ? List.of(own.at(property))
        : List.of(defaults.at(property), own.at(property));
  }

  private LogFilter logFilter(Section own) {
    return new LogFilter(
        level(own, "ApplicationLogLevel", LogFilter.DEFAULT.application()),
        level(own, "SystemLogLevel", LogFilter.DEFAULT.system()));
  }

  /** The function's own logging configuration and the defaults are merged. */
  private LogFilter.Level level(Section own, String name, LogFilter.Level usual) {
    Section given = own.at("LoggingConfig").at(name);
    Section level = given.present() ? given : defaults.at("LoggingConfig").at(name);
    return LogFilter.Level.valueOf(level.string(usual.name()));
  }

  /** SAM merges the default layers and the function's own, in this order. */
  private FunctionDefinition.Packaging packaging(String id, Section own) {
    List<Path> layers = new ArrayList<>();
    for (Section section : layered(id, own, "Layers")) {
      section.items().forEach(layer -> layers.add(content(layer)));
    }
    return new FunctionDefinition.Packaging(
        layers,
        property(own, "SnapStart").at("ApplyOn").string("None").equals("PublishedVersions"));
  }

  private Path content(Section layer) {
    Section declared = stack.ofType("AWS::Serverless::LayerVersion").get(layer.string());
    if (declared == null) {
      throw new InvalidTemplate(layer.path(), "the layer is not declared in the template");
    }
    return stack.folder().resolve(declared.at("ContentUri").string());
  }

  private static FunctionDefinition.Background background(Section config) {
    FunctionDefinition.Background usual = FunctionDefinition.Background.DEFAULT;
    return new FunctionDefinition.Background(
        Math.toIntExact(config.at("MaximumRetryAttempts").integer(usual.maximumRetries())),
        Duration.ofSeconds(
            config.at("MaximumEventAgeInSeconds").integer(usual.maximumAge().toSeconds())));
  }

  /** Returns the function's own property, or the default of all functions. */
  private Section property(Section own, String name) {
    Section given = own.at(name);
    return given.present() ? given : defaults.at(name);
  }

  private void event(String functionId, String function, String event, Section section) {
    String type = section.at("Type").string();
    Section properties = section.at("Properties");
    switch (type) {
      case "HttpApi" -> routes.add(route(function, properties));
      case "Schedule" -> schedules.add(schedule(functionId + event, function, properties));
      default ->
          throw new InvalidTemplate(
              section.path(), "the local stack does not support events of type " + type);
    }
  }

  /** An event without a path is the default route. */
  private HttpApiDefinition.Route route(String function, Section properties) {
    Section path = properties.at("Path");
    String key =
        path.present()
            ? properties.at("Method").string().toUpperCase(Locale.ROOT) + " " + path.string()
            : "$default";
    Duration timeout =
        Duration.ofMillis(
            properties.at("TimeoutInMillis").integer(HttpApiDefinition.MAX_INTEGRATION.toMillis()));
    return PlanReader.checked(
        properties,
        () -> new HttpApiDefinition.Route(key, function, timeout, authorizers.http(properties)));
  }

  private static ScheduleDefinition schedule(String name, String function, Section properties) {
    for (String property : List.of("Name", "Enabled", "State", "Input")) {
      if (properties.at(property).present()) {
        throw new InvalidTemplate(
            properties.path() + "." + property,
            "the local stack does not support " + property + " of a schedule");
      }
    }
    Section expression = properties.at("Schedule");
    return new ScheduleDefinition(
        name,
        PlanReader.checked(expression, () -> ScheduleRate.parse(expression.string())),
        function);
  }

  /** Returns the routes of the functions that were read. */
  List<HttpApiDefinition.Route> routes() {
    return routes;
  }

  /** Returns the schedules of the functions that were read. */
  List<ScheduleDefinition> schedules() {
    return schedules;
  }
}
