package arena.local.template;

import arena.local.gateway.AuthorizerDefinition;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Reads the Lambda authorizers of both APIs. */
final class AuthorizerReader {
  private static final String QUERY = "route.request.querystring.";
  private static final String NONE = "NONE";

  private final ResolvedStack stack;

  AuthorizerReader(ResolvedStack stack) {
    this.stack = stack;
  }

  /**
   * Returns the authorizer of a route of the HTTP API.
   *
   * @param event the properties of the function's event that declares the route
   */
  Optional<AuthorizerDefinition> http(Section event) {
    Optional<Section> auth =
        stack.ofType("AWS::Serverless::HttpApi").values().stream()
            .findFirst()
            .map(api -> api.at("Auth"));
    String standard = auth.map(found -> found.at("DefaultAuthorizer").string(NONE)).orElse(NONE);
    Section own = event.at("Auth").at("Authorizer");
    String name = own.string(standard);
    if (name.equals(NONE)) {
      return Optional.empty();
    }
    Section authorizer = auth.orElseThrow(() -> missing(own, name)).at("Authorizers").at(name);
    if (!authorizer.present()) {
      throw missing(own, name);
    }
    require(authorizer.at("AuthorizerPayloadFormatVersion"), "2.0");
    require(authorizer.at("EnableSimpleResponses"), "true");
    Section identity = authorizer.at("Identity");
    return checked(
        authorizer,
        () ->
            new AuthorizerDefinition(
                authorizer.at("FunctionArn").string(),
                identity.at("Headers").strings().stream()
                    .map(header -> header.toLowerCase(Locale.ROOT))
                    .toList(),
                Duration.ofSeconds(identity.at("ReauthorizeEvery").integer(0))));
  }

  /**
   * Returns the authorizer of a route of the WebSocket API.
   *
   * @param route the route's properties
   */
  Optional<AuthorizerDefinition> webSocket(Section route) {
    if (route.at("AuthorizationType").string(NONE).equals(NONE)) {
      return Optional.empty();
    }
    require(route.at("AuthorizationType"), "CUSTOM");
    String id = route.at("AuthorizerId").string();
    Map<String, Section> authorizers = stack.ofType("AWS::ApiGatewayV2::Authorizer");
    Section authorizer = authorizers.get(id);
    if (authorizer == null) {
      throw missing(route.at("AuthorizerId"), id);
    }
    require(authorizer.at("AuthorizerType"), "REQUEST");
    return checked(
        authorizer,
        () ->
            new AuthorizerDefinition(
                ApiReader.function(authorizer.at("AuthorizerUri")),
                authorizer.at("IdentitySource").strings().stream()
                    .map(source -> parameter(authorizer, source))
                    .toList(),
                Duration.ZERO));
  }

  private static String parameter(Section authorizer, String source) {
    if (!source.startsWith(QUERY)) {
      throw new InvalidTemplate(
          authorizer.path() + ".IdentitySource",
          "the local stack does not support the identity source " + source);
    }
    return source.substring(QUERY.length());
  }

  private static void require(Section section, String value) {
    String given = section.string("");
    if (!given.equalsIgnoreCase(value)) {
      throw new InvalidTemplate(
          section.path(), "the local stack supports only " + value + ", not \"" + given + "\"");
    }
  }

  private static InvalidTemplate missing(Section section, String name) {
    return new InvalidTemplate(section.path(), "there is no authorizer " + name);
  }

  private static Optional<AuthorizerDefinition> checked(
      Section section, Supplier<AuthorizerDefinition> definition) {
    return Optional.of(PlanReader.checked(section, definition));
  }
}
