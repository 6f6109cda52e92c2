package arena.local.gateway;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import jakarta.servlet.http.HttpServletRequest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Creates the event of a request: payload format 2.0 of HTTP APIs. */
final class HttpEvent {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);
  private static final Pattern TEXT =
      Pattern.compile(
          "(text/.*|application/([a-z0-9.+-]+\\+)?(json|xml)|application/javascript)( *;.*)?",
          Pattern.CASE_INSENSITIVE);

  private HttpEvent() {}

  /** Formats a time as in access logs and events. */
  static String time(Instant at) {
    return TIME.format(at);
  }

  static ObjectNode of(
      HttpServletRequest request,
      String path,
      byte[] body,
      HttpRoutes.Match match,
      String apiId,
      String requestId,
      Instant at) {
    Map<String, String> headers = headers(request);
    ObjectNode event = JSON.createObjectNode();
    String rawQuery = Optional.ofNullable(request.getQueryString()).orElse("");
    event.put("version", "2.0").put("routeKey", match.route().key());
    event.put("rawPath", path).put("rawQueryString", rawQuery);
    List<String> cookies = cookies(request);
    if (!cookies.isEmpty()) {
      ArrayNode list = event.putArray("cookies");
      cookies.forEach(list::add);
    }
    ObjectNode headerFields = event.putObject("headers");
    headers.forEach(headerFields::put);
    Map<String, String> query = Query.joined(rawQuery);
    if (!query.isEmpty()) {
      ObjectNode fields = event.putObject("queryStringParameters");
      query.forEach(fields::put);
    }
    String host = headers.getOrDefault("host", "localhost");
    ObjectNode context = event.putObject("requestContext");
    context.put("accountId", "000000000000").put("apiId", apiId);
    context.put("domainName", host).put("domainPrefix", host.split("[.:]", 2)[0]);
    context
        .putObject("http")
        .put("method", request.getMethod())
        .put("path", path)
        .put("protocol", request.getProtocol())
        .put("sourceIp", request.getRemoteAddr())
        .put("userAgent", headers.getOrDefault("user-agent", ""));
    context.put("requestId", requestId).put("routeKey", match.route().key());
    context.put("stage", "$default").put("time", time(at)).put("timeEpoch", at.toEpochMilli());
    if (!match.pathParameters().isEmpty()) {
      ObjectNode fields = event.putObject("pathParameters");
      match.pathParameters().forEach(fields::put);
    }
    Optional<String> text = text(body, headers.get("content-type"));
    if (body.length > 0) {
      event.put("body", text.orElseGet(() -> Base64.getEncoder().encodeToString(body)));
    }
    event.put("isBase64Encoded", body.length > 0 && text.isEmpty());
    return event;
  }

  /** Returns the body as text if its content type is text and it is valid UTF-8. */
  private static Optional<String> text(byte[] body, String contentType) {
    if (contentType == null || !TEXT.matcher(contentType.trim()).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static Map<String, String> headers(HttpServletRequest request) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String name : Collections.list(request.getHeaderNames())) {
      String lower = name.toLowerCase(Locale.ROOT);
      if (!lower.equals("cookie")) {
        headers.put(lower, String.join(",", Collections.list(request.getHeaders(name))));
      }
    }
    headers.put("x-forwarded-for", request.getRemoteAddr());
    headers.put("x-forwarded-port", Integer.toString(request.getLocalPort()));
    headers.put("x-forwarded-proto", "http");
    headers.putIfAbsent("x-amzn-trace-id", Ids.trace());
    return headers;
  }

  private static List<String> cookies(HttpServletRequest request) {
    List<String> cookies = new ArrayList<>();
    for (String header : Collections.list(request.getHeaders("cookie"))) {
      for (String cookie : header.split(";", -1)) {
        if (!cookie.isBlank()) {
          cookies.add(cookie.trim());
        }
      }
    }
    return cookies;
  }
}
