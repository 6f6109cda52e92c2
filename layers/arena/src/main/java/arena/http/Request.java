package arena.http;

import arena.run.Limits;
import arena.run.RunId;
import arena.run.UnknownRun;
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
import java.util.regex.Pattern;

/** A request, as API Gateway hands it over (payload format 2.0). */
public final class Request {
  /** At most 18 digits, so that every one of them is a long. */
  private static final Pattern WHOLE = Pattern.compile("[0-9]{1,18}");

  private static final String IDEMPOTENCY_KEY = "idempotency-key";

  /** Longest key that a client may give a request, in characters. */
  static final int MAX_KEY = 128;

  private static final Pattern KEY = Pattern.compile("[!-~]{1," + MAX_KEY + "}");

  /** Largest whole number that a query can hold. */
  static final long MAX_WHOLE = 999_999_999_999_999_999L;

  private final APIGatewayV2HTTPEvent event;

  /** Wraps an event; parts that are missing are as if empty. */
  public Request(APIGatewayV2HTTPEvent event) {
    this.event = event;
  }

  /** The route that was matched, such as {@code GET /runs/{run_id}}; empty if none was. */
  String route() {
    return event.getRouteKey() == null ? "" : event.getRouteKey();
  }

  /** The path as it was asked for, with the stage if it has one. */
  String path() {
    return event.getRawPath() == null ? "" : event.getRawPath();
  }

  /**
   * Refuses query parameters other than these.
   *
   * @throws ApiException 422 that names the first unknown one
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

  /** The query parameter, if it is there. */
  Optional<String> query(String name) {
    return Optional.ofNullable(query().get(name));
  }

  /**
   * The whole number in a query parameter, in decimal digits.
   *
   * @param otherwise what it is when the parameter is absent
   * @throws ApiException 422 if it is no number from min to max
   */
  long wholeQuery(String name, long min, long max, long otherwise) {
    Optional<String> text = query(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    long number = WHOLE.matcher(text.get()).matches() ? Long.parseLong(text.get()) : -1;
    if (number < min || number > max) {
      String limit = min + " to " + max;
      throw ApiException.invalidField(
          name, limit, "%s must be a whole number: %s".formatted(name, limit));
    }
    return number;
  }

  /**
   * The id of a run in the path.
   *
   * @throws UnknownRun if it has not the shape of one: then there is no such run
   */
  String pathRunId() {
    Map<String, String> parameters = event.getPathParameters();
    String runId = parameters == null ? null : parameters.get("run_id");
    return runId(runId == null ? "" : runId);
  }

  /**
   * The ids of runs in the query, in the order asked for, each once. The gateway joins repeats of a
   * parameter by commas.
   *
   * @param max most ids
   * @throws ApiException 422 if there are none or too many
   * @throws UnknownRun if one has not the shape of an id: then there is no such run
   */
  List<String> queryRunIds(int max) {
    String joined = query("run_id").orElse("");
    if (joined.isEmpty()) {
      throw ApiException.invalidField("run_id", "required", "run_id is missing: the id of a run");
    }
    String[] ids = joined.split(",", max + 1);
    if (ids.length > max) {
      String limit = max == 1 ? "one run" : String.format(Locale.ROOT, "1 to %d runs", max);
      throw ApiException.invalidField("run_id", limit, "run_id names too many runs: " + limit);
    }
    var distinct = new LinkedHashSet<String>();
    for (String id : ids) {
      distinct.add(runId(id));
    }
    return List.copyOf(distinct);
  }

  /** Whether the client would rather have text for a terminal than JSON. */
  boolean wantsText() {
    String accept = header("accept").toLowerCase(Locale.ROOT);
    return accept.contains("text/plain") && !accept.contains("json");
  }

  /** Where this interface is, as the client has called it: scheme, host and stage. */
  String url() {
    String scheme = header("x-forwarded-proto");
    APIGatewayV2HTTPEvent.RequestContext context = event.getRequestContext();
    String host = context == null || context.getDomainName() == null ? "" : context.getDomainName();
    String stage = context == null || context.getStage() == null ? "" : context.getStage();
    return (scheme.isEmpty() ? "https" : scheme)
        + "://"
        + (host.isEmpty() ? header("host") : host)
        + (stage.isEmpty() || stage.equals("$default") ? "" : "/" + stage);
  }

  private String header(String name) {
    Map<String, String> headers = event.getHeaders() == null ? Map.of() : event.getHeaders();
    return headers.getOrDefault(name, "");
  }

  /**
   * The body as text.
   *
   * @throws ApiException 413 if it has too many bytes, 400 if it is not UTF-8
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
   * The key under which the client may send the request again, if it has one.
   *
   * @throws ApiException 422 if it is too long, empty or not visible ASCII
   */
  Optional<String> idempotencyKey() {
    Map<String, String> headers = event.getHeaders() == null ? Map.of() : event.getHeaders();
    Optional<String> key = Optional.ofNullable(headers.get(IDEMPOTENCY_KEY));
    if (key.isPresent() && !KEY.matcher(key.get()).matches()) {
      String limit = String.format(Locale.ROOT, "1 to %d visible ASCII characters", MAX_KEY);
      throw ApiException.invalidField(
          "Idempotency-Key", limit, "Idempotency-Key must have " + limit);
    }
    return key;
  }

  private static byte[] decoded(String body) {
    try {
      return Base64.getDecoder().decode(body);
    } catch (IllegalArgumentException e) {
      throw ApiException.badJson("the body is not the base64 that it is said to be");
    }
  }

  private static String runId(String text) {
    if (!RunId.isValid(text)) {
      throw new UnknownRun(TextLimits.echo(text));
    }
    return text;
  }

  private Map<String, String> query() {
    Map<String, String> parameters = event.getQueryStringParameters();
    return parameters == null ? Map.of() : parameters;
  }
}
