package arena.runtime;

import arena.access.CallLimits;
import arena.http.Router;
import arena.json.Json;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Handles the events of an HTTP API: the base of the functions that serve its routes. It reads the
 * JSON itself, because the runtime's way of making objects of it takes longer than the rest of a
 * start: a second JSON library, and its reflection on every class of an event.
 */
public abstract class HttpHandler implements RequestStreamHandler {
  private final Telemetry telemetry;
  private final Router router;

  /**
   * @param routes by route key, such as {@code GET /runs/{run_id}}
   */
  protected HttpHandler(Telemetry telemetry, Map<String, Router.Route> routes) {
    this(
        telemetry,
        routes,
        () -> {
          throw new IllegalStateException("a limited route needs its limits");
        });
  }

  /**
   * @param routes by route key, such as {@code GET /runs/{run_id}}
   * @param limits counts the calls to limited routes; created lazily
   */
  protected HttpHandler(
      Telemetry telemetry, Map<String, Router.Route> routes, Supplier<CallLimits> limits) {
    this.telemetry = telemetry;
    this.router = new Router(routes, telemetry::failed, limits, InstantSource.system());
  }

  @Override
  public final void handleRequest(InputStream input, OutputStream output, Context context)
      throws IOException {
    APIGatewayV2HTTPEvent event =
        event(Json.read(new String(input.readAllBytes(), StandardCharsets.UTF_8)));
    APIGatewayV2HTTPResponse response =
        telemetry.during(
            context,
            () -> {
              Telemetry.runOf(event);
              return router.handle(event, context.getAwsRequestId());
            });
    output.write(json(response).getBytes(StandardCharsets.UTF_8));
  }

  /** Reads the fields that a {@link arena.http.Request} has. */
  private static APIGatewayV2HTTPEvent event(JsonNode json) {
    JsonNode context = json.path("requestContext");
    return APIGatewayV2HTTPEvent.builder()
        .withRouteKey(text(json, "routeKey"))
        .withRawPath(text(json, "rawPath"))
        .withHeaders(texts(json, "headers"))
        .withQueryStringParameters(texts(json, "queryStringParameters"))
        .withPathParameters(texts(json, "pathParameters"))
        .withBody(text(json, "body"))
        .withIsBase64Encoded(json.path("isBase64Encoded").asBoolean())
        .withRequestContext(
            APIGatewayV2HTTPEvent.RequestContext.builder()
                .withDomainName(text(context, "domainName"))
                .withStage(text(context, "stage"))
                .withAuthorizer(authorizer(context.path("authorizer").path("lambda")))
                .withHttp(
                    APIGatewayV2HTTPEvent.RequestContext.Http.builder()
                        .withMethod(text(context.path("http"), "method"))
                        .build())
                .build())
        .build();
  }

  /** Reads what the authorizer found; its values are texts, numbers and truth values. */
  private static APIGatewayV2HTTPEvent.RequestContext.@Nullable Authorizer authorizer(
      JsonNode found) {
    if (!found.isObject()) {
      return null;
    }
    Map<String, Object> values = new HashMap<>();
    for (Map.Entry<String, JsonNode> one : found.properties()) {
      JsonNode value = one.getValue();
      if (value.isTextual()) {
        values.put(one.getKey(), value.textValue());
      } else if (value.isNumber()) {
        values.put(one.getKey(), value.numberValue());
      } else if (value.isBoolean()) {
        values.put(one.getKey(), value.booleanValue());
      }
    }
    return APIGatewayV2HTTPEvent.RequestContext.Authorizer.builder().withLambda(values).build();
  }

  private static @Nullable String text(JsonNode json, String name) {
    return json.path(name).asText(null);
  }

  private static Map<String, String> texts(JsonNode json, String name) {
    Map<String, String> texts = new HashMap<>();
    json.path(name).properties().forEach(one -> texts.put(one.getKey(), one.getValue().asText()));
    return texts;
  }

  private static String json(APIGatewayV2HTTPResponse response) {
    ObjectNode json = Json.object();
    json.put("statusCode", response.getStatusCode());
    ObjectNode headers = json.putObject("headers");
    response.getHeaders().forEach(headers::put);
    json.put("body", response.getBody());
    json.put("isBase64Encoded", response.getIsBase64Encoded());
    return Json.write(json);
  }
}
