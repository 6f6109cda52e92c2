package arena.local.gateway;

import arena.local.clock.StackClock;
import arena.local.lambda.FunctionHost;
import arena.local.lambda.Invocation;
import arena.local.lambda.InvokeFault;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;

/** An HTTP API: routes requests to functions and returns their responses. */
final class HttpApi {
  /** Largest body of a request, in bytes. */
  static final int MAX_BODY_BYTES = 10 * 1024 * 1024;

  private final HttpApiDefinition definition;
  private final HttpRoutes routes;
  private final Optional<CorsRules> cors;
  private final FunctionHost host;
  private final Authorization authorization;
  private final StackClock clock;
  private final Optional<AccessLog> log;
  private final Map<String, TokenBucket> buckets = new ConcurrentHashMap<>();

  HttpApi(
      HttpApiDefinition definition,
      FunctionHost host,
      Authorization authorization,
      StackClock clock,
      Optional<AccessLog> log) {
    this.definition = definition;
    this.host = host;
    this.authorization = authorization;
    this.clock = clock;
    this.log = log;
    routes = new HttpRoutes(definition.routes());
    cors = definition.cors().map(CorsRules::new);
  }

  /** Handles a request. */
  void handle(Context context) throws IOException {
    HttpServletRequest request = context.req();
    long start = System.nanoTime();
    Map<String, String> record = new HashMap<>();
    String requestId = Ids.request();
    Instant at = clock.now();
    record.put("requestId", requestId);
    record.put("requestTime", HttpEvent.time(at));
    record.put("identity.sourceIp", request.getRemoteAddr());
    record.put("httpMethod", request.getMethod());
    HttpReply reply = reply(request, requestId, at, record);
    context.res().setStatus(reply.status());
    context.res().setContentType(reply.headers().get("content-type"));
    reply.headers().forEach(context.res()::setHeader);
    reply.cookies().forEach(cookie -> context.res().addHeader("set-cookie", cookie));
    context.res().setHeader("apigw-requestid", requestId);
    byte[] body = reply.bytes();
    record.put("status", Integer.toString(reply.status()));
    record.put("responseLength", Integer.toString(body.length));
    record.put(
        "responseLatency", Long.toString(Duration.ofNanos(System.nanoTime() - start).toMillis()));
    log.ifPresent(file -> file.write(record));
    context.result(body);
  }

  private HttpReply reply(
      HttpServletRequest request, String requestId, Instant at, Map<String, String> record)
      throws IOException {
    String path;
    try {
      // A plus sign in a path is not a space.
      path = URLDecoder.decode(request.getRequestURI().replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return HttpReply.message(400, "Bad Request");
    }
    record.put("path", path);
    String origin = request.getHeader("origin");
    if (cors.isPresent()
        && request.getMethod().equals("OPTIONS")
        && origin != null
        && request.getHeader("access-control-request-method") != null) {
      return new HttpReply(204, cors.get().preflight(origin), List.of(), "");
    }
    HttpReply routed = route(request, path, requestId, at, record);
    if (cors.isEmpty()) {
      return routed;
    }
    Map<String, String> headers = new LinkedHashMap<>(routed.headers());
    headers.keySet().removeIf(name -> name.startsWith("access-control-"));
    headers.putAll(cors.get().response(origin));
    return new HttpReply(routed.status(), headers, routed.cookies(), routed.body());
  }

  private HttpReply route(
      HttpServletRequest request,
      String path,
      String requestId,
      Instant at,
      Map<String, String> record)
      throws IOException {
    byte[] body = request.getInputStream().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      return HttpReply.message(413, "Request Entity Too Large");
    }
    Optional<HttpRoutes.Match> match = routes.find(request.getMethod(), path);
    if (match.isEmpty()) {
      return HttpReply.message(404, "Not Found");
    }
    HttpApiDefinition.Route route = match.get().route();
    record.put("routeKey", route.key());
    if (!admits(route.key())) {
      return HttpReply.message(429, "Too Many Requests");
    }
    ObjectNode event =
        HttpEvent.of(request, path, body, match.get(), definition.apiId(), requestId, at);
    if (route.authorizer().isPresent()) {
      String routeArn =
          String.join(
              "/", executeApiArn(), "$default", request.getMethod(), path.replaceFirst("^/", ""));
      switch (authorization.http(route.authorizer().get(), event, routeArn)) {
        case Authorization.Decision.Refused(int status) -> {
          return HttpReply.message(
              status,
              switch (status) {
                case 401 -> "Unauthorized";
                case 403 -> "Forbidden";
                default -> "Internal Server Error";
              });
        }
        case Authorization.Decision.Allowed(ObjectNode caller) -> {
          caller
              .properties()
              .forEach(
                  field -> record.put("authorizer." + field.getKey(), field.getValue().asText()));
          event.withObject("/requestContext").putObject("authorizer").set("lambda", caller);
        }
      }
    }
    long start = System.nanoTime();
    try {
      Invocation invocation = host.invoke(route.function(), event.toString(), route.timeout());
      Optional<HttpReply> reply =
          invocation.functionError().isPresent()
              ? Optional.empty()
              : HttpReply.of(invocation.payload());
      if (reply.isEmpty()) {
        record.put("integrationErrorMessage", "the function failed, or its response is invalid");
      }
      return reply.orElseGet(() -> HttpReply.message(500, "Internal Server Error"));
    } catch (TimeoutException e) {
      record.put("integrationErrorMessage", "the function timed out after " + route.timeout());
      return HttpReply.message(503, "Service Unavailable");
    } catch (InvokeFault e) {
      record.put("integrationErrorMessage", e.getMessage());
      return e.code() == InvokeFault.Code.REQUEST_TOO_LARGE
          ? HttpReply.message(413, "Request Entity Too Large")
          : e.code() == InvokeFault.Code.RESOURCE_NOT_FOUND
              ? HttpReply.message(500, "Internal Server Error")
              : HttpReply.message(503, "Service Unavailable");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return HttpReply.message(503, "Service Unavailable");
    } finally {
      record.put(
          "integrationLatency",
          Long.toString(Duration.ofNanos(System.nanoTime() - start).toMillis()));
    }
  }

  private String executeApiArn() {
    return "arn:aws:execute-api:us-east-1:000000000000:" + definition.apiId();
  }

  private boolean admits(String key) {
    HttpApiDefinition.Throttle throttle =
        definition.throttles().getOrDefault(key, definition.throttle().orElse(null));
    return throttle == null
        || buckets.computeIfAbsent(key, route -> new TokenBucket(throttle, clock)).take();
  }
}
