package arena.http;

import arena.access.Principal;
import arena.comparison.ComparisonId;
import arena.comparison.UnknownComparison;
import arena.run.Limits;
import arena.run.RunId;
import arena.run.UnknownRun;
import arena.text.PlainText;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An API Gateway request (payload format 2.0). */
public final class Request {
  /** At most 18 digits, so that the value fits a long; 5.0 is an integer too. */
  private static final Pattern INTEGER = Pattern.compile("([0-9]{1,18})(?:\\.0{1,18})?");

  /** The stage that is not part of paths. */
  private static final String DEFAULT_STAGE = "$default";

  private static final String IDEMPOTENCY_KEY = "idempotency-key";

  /** Maximum length of an Idempotency-Key, in characters. */
  static final int MAX_KEY = 128;

  private static final Pattern KEY = Pattern.compile("[!-~]{1," + MAX_KEY + "}");

  /** Maximum value of an integer query parameter. */
  static final long MAX_INTEGER = 999_999_999_999_999_999L;

  private final APIGatewayV2HTTPEvent event;

  /** Wraps an event; missing parts are treated as empty. */
  public Request(APIGatewayV2HTTPEvent event) {
    this.event = event;
  }

  /** The matched route key, such as {@code GET /runs/{run_id}}; empty if none matched. */
  String route() {
    return event.getRouteKey() == null ? "" : event.getRouteKey();
  }

  /** The request path, including the stage. */
  String path() {
    return event.getRawPath() == null ? "" : event.getRawPath();
  }

  /** The request path, without the stage. */
  String pathInStage() {
    String stage = stage();
    String prefix = "/" + stage;
    return stage.isEmpty() || stage.equals(DEFAULT_STAGE) || !path().startsWith(prefix + "/")
        ? path()
        : path().substring(prefix.length());
  }

  /** The HTTP method; empty if the event has none. */
  String method() {
    APIGatewayV2HTTPEvent.RequestContext context = event.getRequestContext();
    return context == null || context.getHttp() == null || context.getHttp().getMethod() == null
        ? ""
        : context.getHttp().getMethod();
  }

  /** The caller that the authorizer found; empty if it found none, or the route has none. */
  Optional<Principal> caller() {
    APIGatewayV2HTTPEvent.RequestContext context = event.getRequestContext();
    return context == null || context.getAuthorizer() == null
        ? Optional.empty()
        : Principal.ofContext(context.getAuthorizer().getLambda());
  }

  private String stage() {
    APIGatewayV2HTTPEvent.RequestContext context = event.getRequestContext();
    return context == null || context.getStage() == null ? "" : context.getStage();
  }

  /**
   * Rejects unknown query parameters.
   *
   * @throws ApiException 422 for the first unknown one
   */
  void allowQuery(String... known) {
    List<String> names = List.of(known);
    for (String name : query().keySet()) {
      if (!names.contains(name)) {
        String unknown = TextLimits.echo(name);
        throw ApiException.invalidField(
            unknown,
            names.isEmpty() ? "no query parameters" : "one of " + String.join(", ", names),
            unknown + " is not a query parameter of this call");
      }
    }
  }

  Optional<String> query(String name) {
    return Optional.ofNullable(query().get(name));
  }

  /**
   * Returns an integer query parameter.
   *
   * @throws ApiException 422 if it is not an integer from min to max
   */
  long integerQuery(String name, long min, long max, long defaultValue) {
    Optional<String> text = query(name);
    if (text.isEmpty()) {
      return defaultValue;
    }
    Matcher integer = INTEGER.matcher(text.get());
    long number = integer.matches() ? Long.parseLong(integer.group(1)) : -1;
    if (number < min || number > max) {
      String limit = min + " to " + max;
      throw ApiException.invalidField(
          name, limit, "%s must be an integer: %s".formatted(name, limit));
    }
    return number;
  }

  /**
   * Returns the run id in the path.
   *
   * @throws UnknownRun if it is not a valid run id
   */
  RunId pathRunId() {
    return runId(pathParameter("run_id").orElse(""));
  }

  /**
   * Returns the id of an experiment or a race in the path.
   *
   * @param name the path's variable
   * @throws UnknownComparison if it is not a valid id
   */
  ComparisonId pathComparisonId(String name) {
    String text = pathParameter(name).orElse("");
    return ComparisonId.parse(text).orElseThrow(() -> new UnknownComparison(TextLimits.echo(text)));
  }

  /** Returns the value of a variable of the route's path, if present. */
  Optional<String> pathParameter(String name) {
    return Optional.ofNullable(event.getPathParameters()).map(values -> values.get(name));
  }

  /**
   * Returns the distinct run ids in the query, in order. API Gateway joins repeated parameters with
   * commas.
   *
   * @param max maximum number of ids
   * @throws ApiException 422 if there are none or too many
   * @throws UnknownRun if one is not a valid run id
   */
  List<RunId> queryRunIds(int max) {
    String joined = query("run_id").orElse("");
    if (joined.isEmpty()) {
      throw ApiException.invalidField("run_id", "required", "run_id is required");
    }
    String[] ids = joined.split(",", max + 1);
    if (ids.length > max) {
      String limit = max == 1 ? "one run" : String.format(Locale.ROOT, "1 to %d runs", max);
      throw ApiException.invalidField("run_id", limit, "run_id is repeated too often: " + limit);
    }
    var distinct = new LinkedHashSet<RunId>();
    for (String id : ids) {
      distinct.add(runId(id));
    }
    return List.copyOf(distinct);
  }

  /**
   * Returns the query parameter {@code parent_run_id}, if present.
   *
   * @throws ApiException 422 if it is not a run id
   */
  Optional<RunId> queryParent() {
    String name = "parent_run_id";
    return query(name)
        .map(
            text ->
                RunId.parse(text)
                    .orElseThrow(
                        () ->
                            ApiException.invalidField(
                                name,
                                "32 lower-case hex digits",
                                name + " must be a run id: 32 lower-case hex digits")));
  }

  /**
   * Returns a query parameter that is a text, if present.
   *
   * @throws ApiException 422 if it is empty, too long, or has control or format characters
   */
  Optional<String> queryText(String name) {
    Optional<String> text = query(name);
    if (text.isPresent()
        && (text.get().isEmpty()
            || TextLimits.length(text.get()) > Limits.MAX_SEARCH_TEXT
            || !PlainText.isPlain(text.get()))) {
      String limit = String.format(Locale.ROOT, "1 to %d characters", Limits.MAX_SEARCH_TEXT);
      throw ApiException.invalidField(
          name, limit, "%s must be %s: %s".formatted(name, JsonFields.PLAIN, limit));
    }
    return text;
  }

  /** Whether the client accepts plain text but not JSON. */
  boolean wantsText() {
    String accept = header("accept").toLowerCase(Locale.ROOT);
    return accept.contains("text/plain") && !accept.contains("json");
  }

  /** The base URL used by the client: scheme, host and stage. */
  String url() {
    String scheme = header("x-forwarded-proto");
    APIGatewayV2HTTPEvent.RequestContext context = event.getRequestContext();
    String host = context == null || context.getDomainName() == null ? "" : context.getDomainName();
    String stage = stage();
    return (scheme.isEmpty() ? "https" : scheme)
        + "://"
        + (host.isEmpty() ? header("host") : host)
        + (stage.isEmpty() || stage.equals(DEFAULT_STAGE) ? "" : "/" + stage);
  }

  /** Returns a header by its name in lower case; empty if it is absent. */
  String header(String name) {
    Map<String, String> headers = event.getHeaders() == null ? Map.of() : event.getHeaders();
    return headers.getOrDefault(name, "");
  }

  /**
   * Returns the body as text.
   *
   * @throws ApiException 413 if it is too large, 400 if it is not UTF-8
   */
  String body() {
    String body = event.getBody() == null ? "" : event.getBody();
    byte[] bytes =
        event.getIsBase64Encoded() ? decoded(body) : body.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > Limits.MAX_BODY_BYTES) {
      throw ApiException.bodyTooLarge(Limits.MAX_BODY_BYTES);
    }
    if (!event.getIsBase64Encoded()) {
      return body;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw ApiException.badJson("the body is not UTF-8");
    }
  }

  /**
   * Returns the Idempotency-Key, if present.
   *
   * @throws ApiException 422 if it is too long, empty or not visible ASCII
   */
  Optional<String> idempotencyKey() {
    Map<String, String> headers = event.getHeaders() == null ? Map.of() : event.getHeaders();
    Optional<String> key = Optional.ofNullable(headers.get(IDEMPOTENCY_KEY));
    if (key.isPresent() && !KEY.matcher(key.get()).matches()) {
      String limit = String.format(Locale.ROOT, "1 to %d visible ASCII characters", MAX_KEY);
      throw ApiException.invalidField("Idempotency-Key", limit, "Idempotency-Key must be " + limit);
    }
    return key;
  }

  private static byte[] decoded(String body) {
    try {
      return Base64.getDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw ApiException.badJson("the body is not valid base64");
    }
  }

  private static RunId runId(String text) {
    return RunId.parse(text).orElseThrow(() -> new UnknownRun(TextLimits.echo(text)));
  }

  private Map<String, String> query() {
    Map<String, String> parameters = event.getQueryStringParameters();
    return parameters == null ? Map.of() : parameters;
  }
}
