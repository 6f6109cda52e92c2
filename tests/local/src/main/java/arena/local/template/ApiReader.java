package arena.local.template;

import arena.local.gateway.AuthorizerDefinition;
import arena.local.gateway.HttpApiDefinition;
import arena.local.gateway.WebSocketApiDefinition;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Reads the HTTP API and the WebSocket API, of which the local stack hosts one each. */
final class ApiReader {
  private static final String BODY_FIELD = "$request.body.";

  private final ResolvedStack stack;
  private final UnaryOperator<String> names;

  /**
   * Creates the reader.
   *
   * @param names returns a resource's name for its id
   */
  ApiReader(ResolvedStack stack, UnaryOperator<String> names) {
    this.stack = stack;
    this.names = names;
  }

  /**
   * Reads the HTTP API.
   *
   * @param routes the routes that the functions declare
   */
  Optional<HttpApiDefinition> http(List<HttpApiDefinition.Route> routes) {
    Map<String, Section> apis = stack.ofType("AWS::Serverless::HttpApi");
    if (apis.size() > 1 || (apis.isEmpty() && !routes.isEmpty())) {
      throw new InvalidTemplate(
          stack.template() + ": Resources",
          "the local stack hosts one HTTP API, not " + apis.size());
    }
    return apis.entrySet().stream()
        .findFirst()
        .map(api -> http(names.apply(api.getKey()), api.getValue(), routes));
  }

  private static HttpApiDefinition http(
      String apiId, Section properties, List<HttpApiDefinition.Route> routes) {
    Map<String, HttpApiDefinition.Throttle> throttles = new HashMap<>();
    properties
        .at("RouteSettings")
        .entries()
        .forEach(
            (key, settings) ->
                throttle(settings).ifPresent(throttle -> throttles.put(key, throttle)));
    return new HttpApiDefinition(
        apiId,
        routes,
        cors(properties.at("CorsConfiguration")),
        throttle(properties.at("DefaultRouteSettings")),
        throttles,
        accessLog(properties));
  }

  private static Optional<String> accessLog(Section api) {
    Section format = api.at("AccessLogSettings").at("Format");
    return format.present() ? Optional.of(format.string()) : Optional.empty();
  }

  private static Optional<HttpApiDefinition.Throttle> throttle(Section settings) {
    Section rate = settings.at("ThrottlingRateLimit");
    Section burst = settings.at("ThrottlingBurstLimit");
    return rate.present() && burst.present()
        ? Optional.of(
            new HttpApiDefinition.Throttle(rate.integer(), Math.toIntExact(burst.integer())))
        : Optional.empty();
  }

  private static Optional<HttpApiDefinition.Cors> cors(Section cors) {
    if (!cors.present()) {
      return Optional.empty();
    }
    if (cors.at("AllowCredentials").present()) {
      throw new InvalidTemplate(
          cors.path() + ".AllowCredentials", "the local stack does not support AllowCredentials");
    }
    Section age = cors.at("MaxAge");
    return Optional.of(
        new HttpApiDefinition.Cors(
            cors.at("AllowOrigins").strings(),
            cors.at("AllowMethods").strings(),
            cors.at("AllowHeaders").strings(),
            cors.at("ExposeHeaders").strings(),
            age.present() ? Optional.of(Duration.ofSeconds(age.integer())) : Optional.empty()));
  }

  /** Reads the WebSocket API with its integrations, routes and stage. */
  Optional<WebSocketApiDefinition> webSocket() {
    Map<String, Section> apis = stack.ofType("AWS::ApiGatewayV2::Api");
    if (apis.size() > 1) {
      throw new InvalidTemplate(
          stack.template() + ": Resources",
          "the local stack hosts one WebSocket API, not " + apis.size());
    }
    return apis.entrySet().stream()
        .findFirst()
        .map(api -> webSocket(names.apply(api.getKey()), api.getValue()));
  }

  private WebSocketApiDefinition webSocket(String apiId, Section properties) {
    String protocol = properties.at("ProtocolType").string();
    if (!protocol.equals("WEBSOCKET")) {
      throw new InvalidTemplate(
          properties.path(), "the local stack does not support the protocol " + protocol);
    }
    Map<String, Section> stages = stack.ofType("AWS::ApiGatewayV2::Stage");
    if (stages.size() != 1) {
      throw new InvalidTemplate(
          stack.template() + ": Resources",
          "the local stack hosts one stage of the WebSocket API, not " + stages.size());
    }
    Section stage = stages.values().iterator().next();
    return new WebSocketApiDefinition(
        apiId,
        stage.at("StageName").string(),
        selector(properties.at("RouteSelectionExpression")),
        routes(),
        throttle(stage.at("DefaultRouteSettings")),
        accessLog(stage));
  }

  private static String selector(Section expression) {
    String selection = expression.string();
    String field = selection.startsWith(BODY_FIELD) ? selection.substring(BODY_FIELD.length()) : "";
    if (!field.matches("[A-Za-z0-9_]+")) {
      throw new InvalidTemplate(
          expression.path(),
          "the local stack selects routes by $request.body.<field>, not by " + selection);
    }
    return field;
  }

  private Map<String, WebSocketApiDefinition.Route> routes() {
    Map<String, WebSocketApiDefinition.Route> integrations = new HashMap<>();
    stack
        .ofType("AWS::ApiGatewayV2::Integration")
        .forEach((id, integration) -> integrations.put(id, integration(integration)));
    Map<String, WebSocketApiDefinition.Route> routes = new HashMap<>();
    stack
        .ofType("AWS::ApiGatewayV2::Route")
        .forEach(
            (_, route) -> {
              String target = route.at("Target").string().replaceFirst("^integrations/", "");
              WebSocketApiDefinition.Route integration = integrations.get(target);
              Optional<AuthorizerDefinition> authorizer =
                  new AuthorizerReader(stack).webSocket(route);
              if (integration == null) {
                throw new InvalidTemplate(
                    route.path() + ".Target", "there is no integration " + target);
              }
              routes.put(
                  route.at("RouteKey").string(),
                  new WebSocketApiDefinition.Route(
                      integration.function(), integration.timeout(), authorizer));
            });
    return routes;
  }

  /**
   * A URI of an integration or an authorizer holds the function's ARN before {@code /invocations}.
   */
  static String function(Section uri) {
    String text = uri.string();
    int start = text.indexOf("/functions/");
    int end = text.lastIndexOf("/invocations");
    if (start < 0 || end < start) {
      throw new InvalidTemplate(uri.path(), "\"" + text + "\" does not name a function");
    }
    return text.substring(start + "/functions/".length(), end);
  }

  private static WebSocketApiDefinition.Route integration(Section integration) {
    String function = function(integration.at("IntegrationUri"));
    Duration timeout =
        Duration.ofMillis(
            integration
                .at("TimeoutInMillis")
                .integer(WebSocketApiDefinition.MAX_INTEGRATION.toMillis()));
    return PlanReader.checked(
        integration, () -> new WebSocketApiDefinition.Route(function, timeout));
  }
}
