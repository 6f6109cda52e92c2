package arena.local.template;

import arena.local.backing.TableDefinition;
import arena.local.gateway.HttpApiDefinition;
import arena.local.gateway.WebSocketApiDefinition;
import arena.local.lambda.FunctionDefinition;
import arena.local.schedule.ScheduleDefinition;
import arena.local.schedule.ScheduleExpression;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads the resources that the stack hosts. */
final class PlanReader {
  private static final long DEFAULT_TIMEOUT_SECONDS = 3;
  private static final long DEFAULT_MEMORY = 128;

  private final Path folder;
  private final String template;
  private final Map<String, Object> root;
  private final Resources resources;
  private final Intrinsics intrinsics;
  private final Map<String, String> names = new HashMap<>();
  private final List<ScheduleDefinition> schedules = new ArrayList<>();
  private final List<HttpApiDefinition.Route> httpRoutes = new ArrayList<>();

  PlanReader(
      Path folder,
      String template,
      Map<String, Object> root,
      Resources resources,
      Intrinsics intrinsics) {
    this.folder = folder;
    this.template = template;
    this.root = root;
    this.resources = resources;
    this.intrinsics = intrinsics;
  }

  StackPlan read(Deployment deployment) {
    List<FunctionDefinition> functions = new ArrayList<>();
    hosted("AWS::Serverless::Function")
        .forEach((id, properties) -> functions.add(function(id, properties, deployment)));
    List<TableDefinition> tables = new ArrayList<>();
    hosted("AWS::DynamoDB::Table")
        .forEach((id, properties) -> tables.add(TableReader.read(named(id), properties)));
    List<String> buckets = new ArrayList<>();
    hosted("AWS::S3::Bucket").forEach((id, properties) -> buckets.add(named(id)));
    List<StateMachineDefinition> stateMachines = new ArrayList<>();
    hosted("AWS::Serverless::StateMachine")
        .forEach((id, properties) -> stateMachines.add(stateMachine(id, properties)));
    return new StackPlan(
        functions, httpApi(), webSocketApi(), schedules, tables, buckets, stateMachines, names);
  }

  /** What the resources of a type hold, resolved. */
  Map<String, Object> properties(String type) {
    Map<String, Object> properties = new LinkedHashMap<>();
    hosted(type).forEach((id, section) -> properties.put(id, section.value()));
    return properties;
  }

  /** The properties of the resources of a type, without those whose condition does not hold. */
  private Map<String, Section> hosted(String type) {
    Map<String, Section> hosted = new LinkedHashMap<>();
    resources
        .ofType(type)
        .forEach(
            (id, declaration) -> {
              Object condition = declaration.get("Condition");
              String path = resources.path(id);
              if (condition == null
                  || intrinsics.condition(path, Values.text(path + ".Condition", condition))) {
                hosted.put(id, intrinsics.section(path, declaration).at("Properties"));
              }
            });
    return hosted;
  }

  private String named(String id) {
    return names.computeIfAbsent(
        id, missing -> resources.reference(missing, intrinsics).orElseThrow());
  }

  // ---- functions

  private FunctionDefinition function(String id, Section own, Deployment deployment) {
    Section shared = intrinsics.section(template + ": Globals", root.get("Globals")).at("Function");
    String name = named(id);
    Map<String, String> environment = new HashMap<>();
    for (Section section : List.of(shared, own)) {
      section
          .at("Environment")
          .at("Variables")
          .entries()
          .forEach((variable, value) -> environment.put(variable, value.text()));
    }
    environment.putAll(deployment.environment());
    Section background = first(own, shared, "EventInvokeConfig");
    own.at("Events").entries().forEach((event, section) -> event(id, name, event, section));
    FunctionDefinition.Background usual = FunctionDefinition.Background.DEFAULT;
    return checked(
        own,
        () ->
            new FunctionDefinition(
                name,
                first(own, shared, "Handler").text(),
                folder.resolve(first(own, shared, "CodeUri").text()),
                environment,
                Duration.ofSeconds(first(own, shared, "Timeout").number(DEFAULT_TIMEOUT_SECONDS)),
                Math.toIntExact(first(own, shared, "MemorySize").number(DEFAULT_MEMORY)),
                new FunctionDefinition.Background(
                    Math.toIntExact(
                        background.at("MaximumRetryAttempts").number(usual.maximumRetries())),
                    Duration.ofSeconds(
                        background
                            .at("MaximumEventAgeInSeconds")
                            .number(usual.maximumAge().toSeconds())))));
  }

  private static Section first(Section own, Section shared, String property) {
    Section given = own.at(property);
    return given.present() ? given : shared.at(property);
  }

  /** What a definition itself finds wrong gets the place in the template. */
  private static <T> T checked(Section section, java.util.function.Supplier<T> definition) {
    try {
      return definition.get();
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new TemplateFault(section.path(), String.valueOf(e.getMessage()), e);
    }
  }

  private void event(String functionId, String function, String event, Section section) {
    String type = section.at("Type").text();
    Section properties = section.at("Properties");
    switch (type) {
      case "HttpApi" -> httpRoutes.add(httpRoute(function, properties));
      case "Schedule", "ScheduleV2" -> schedule(functionId, function, event, type, properties);
      default ->
          throw new TemplateFault(
              section.path(), "the local stack has no stand-in for events of type " + type);
    }
  }

  private static HttpApiDefinition.Route httpRoute(String function, Section properties) {
    String method = properties.at("Method").text("ANY").toUpperCase(Locale.ROOT);
    String path = properties.at("Path").text("$default");
    String key =
        path.equals("$default") ? path : (method.equals("*") ? "ANY" : method) + " " + path;
    Duration timeout =
        Duration.ofMillis(
            properties.at("TimeoutInMillis").number(HttpApiDefinition.MAX_INTEGRATION.toMillis()));
    return checked(properties, () -> new HttpApiDefinition.Route(key, function, timeout));
  }

  private void schedule(
      String functionId, String function, String event, String type, Section properties) {
    boolean rule = type.equals("Schedule");
    boolean on =
        rule
            ? !properties.at("Enabled").text("true").equals("false")
            : !properties.at("State").text("ENABLED").equals("DISABLED");
    Section expression = properties.at(rule ? "Schedule" : "ScheduleExpression");
    if (!on) {
      return;
    }
    String name = properties.at("Name").text(functionId + event);
    Section input = properties.at("Input");
    schedules.add(
        new ScheduleDefinition(
            name,
            rule ? ScheduleDefinition.Kind.RULE : ScheduleDefinition.Kind.SCHEDULER,
            checked(expression, () -> ScheduleExpression.parse(expression.text())),
            function,
            input.present() ? Optional.of(input.text()) : Optional.empty()));
  }

  // ---- APIs

  private Optional<HttpApiDefinition> httpApi() {
    Map<String, Section> apis = hosted("AWS::Serverless::HttpApi");
    if (apis.size() > 1 || (apis.isEmpty() && !httpRoutes.isEmpty())) {
      throw new TemplateFault(
          template + ": Resources", "the local stack hosts one HTTP API, not " + apis.size());
    }
    return apis.entrySet().stream()
        .findFirst()
        .map(api -> httpApi(named(api.getKey()), api.getValue()));
  }

  private HttpApiDefinition httpApi(String apiId, Section properties) {
    Map<String, HttpApiDefinition.Throttle> throttles = new HashMap<>();
    properties
        .at("RouteSettings")
        .entries()
        .forEach(
            (key, settings) ->
                throttle(settings).ifPresent(throttle -> throttles.put(key, throttle)));
    return new HttpApiDefinition(
        apiId,
        httpRoutes,
        cors(properties.at("CorsConfiguration")),
        throttle(properties.at("DefaultRouteSettings")),
        throttles,
        accessLog(properties));
  }

  private static Optional<String> accessLog(Section api) {
    Section format = api.at("AccessLogSettings").at("Format");
    return format.present() ? Optional.of(format.text()) : Optional.empty();
  }

  private static Optional<HttpApiDefinition.Throttle> throttle(Section settings) {
    Section rate = settings.at("ThrottlingRateLimit");
    Section burst = settings.at("ThrottlingBurstLimit");
    return rate.present() && burst.present()
        ? Optional.of(
            new HttpApiDefinition.Throttle(rate.number(), Math.toIntExact(burst.number())))
        : Optional.empty();
  }

  private static Optional<HttpApiDefinition.Cors> cors(Section cors) {
    if (!cors.present()) {
      return Optional.empty();
    }
    Section age = cors.at("MaxAge");
    return Optional.of(
        new HttpApiDefinition.Cors(
            cors.at("AllowOrigins").texts(),
            cors.at("AllowMethods").texts(),
            cors.at("AllowHeaders").texts(),
            cors.at("ExposeHeaders").texts(),
            cors.at("AllowCredentials").text("false").equals("true"),
            age.present() ? Optional.of(Duration.ofSeconds(age.number())) : Optional.empty()));
  }

  private Optional<WebSocketApiDefinition> webSocketApi() {
    Map<String, Section> apis = hosted("AWS::ApiGatewayV2::Api");
    if (apis.size() > 1) {
      throw new TemplateFault(
          template + ": Resources", "the local stack hosts one WebSocket API, not " + apis.size());
    }
    return apis.entrySet().stream()
        .findFirst()
        .map(api -> webSocketApi(named(api.getKey()), api.getValue()));
  }

  private WebSocketApiDefinition webSocketApi(String apiId, Section properties) {
    String protocol = properties.at("ProtocolType").text();
    if (!protocol.equals("WEBSOCKET")) {
      throw new TemplateFault(
          properties.path(), "the local stack hosts a WEBSOCKET API here, not " + protocol);
    }
    String selection = properties.at("RouteSelectionExpression").text();
    String field =
        selection
            .replaceFirst("^\\$request\\.body\\.", "")
            .replaceFirst("^\\$\\{request\\.body\\.(.*)}$", "$1");
    if (!field.matches("[A-Za-z0-9_]+")) {
      throw new TemplateFault(
          properties.path() + ".RouteSelectionExpression",
          "the local stack selects routes by $request.body.<field>, not by " + selection);
    }
    Map<String, WebSocketApiDefinition.Route> integrations = new HashMap<>();
    hosted("AWS::ApiGatewayV2::Integration")
        .forEach((id, integration) -> integrations.put(id, integration(integration)));
    Map<String, WebSocketApiDefinition.Route> routes = new HashMap<>();
    hosted("AWS::ApiGatewayV2::Route")
        .forEach(
            (id, route) -> {
              String target = route.at("Target").text().replaceFirst("^integrations/", "");
              WebSocketApiDefinition.Route integration = integrations.get(target);
              if (integration == null) {
                throw new TemplateFault(
                    route.path() + ".Target", "there is no integration " + target);
              }
              routes.put(route.at("RouteKey").text(), integration);
            });
    Map<String, Section> stages = hosted("AWS::ApiGatewayV2::Stage");
    if (stages.size() != 1) {
      throw new TemplateFault(
          template + ": Resources",
          "the local stack hosts one stage of the WebSocket API, not " + stages.size());
    }
    Section stage = stages.values().iterator().next();
    return new WebSocketApiDefinition(
        apiId,
        stage.at("StageName").text(),
        field,
        routes,
        throttle(stage.at("DefaultRouteSettings")),
        accessLog(stage));
  }

  /** The function's ARN stands in the integration's address, before {@code /invocations}. */
  private static WebSocketApiDefinition.Route integration(Section integration) {
    Section uri = integration.at("IntegrationUri");
    String text = uri.text();
    int start = text.indexOf("/functions/");
    int end = text.lastIndexOf("/invocations");
    if (start < 0 || end < start) {
      throw new TemplateFault(uri.path(), "\"" + text + "\" names no function");
    }
    Duration timeout =
        Duration.ofMillis(
            integration
                .at("TimeoutInMillis")
                .number(WebSocketApiDefinition.MAX_INTEGRATION.toMillis()));
    return checked(
        integration,
        () ->
            new WebSocketApiDefinition.Route(
                text.substring(start + "/functions/".length(), end), timeout));
  }

  // ---- state machines

  private StateMachineDefinition stateMachine(String id, Section properties) {
    Map<String, String> substitutions = new HashMap<>();
    properties
        .at("DefinitionSubstitutions")
        .entries()
        .forEach((name, value) -> substitutions.put(name, value.text()));
    return new StateMachineDefinition(
        resources.name(id, "Name", intrinsics),
        named(id),
        folder.resolve(properties.at("DefinitionUri").text()),
        substitutions);
  }
}
