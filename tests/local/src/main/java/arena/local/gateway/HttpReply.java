package arena.local.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A response to the client.
 *
 * @param status the HTTP status
 * @param headers the headers, names in lower case
 * @param cookies values of {@code set-cookie}
 * @param body the body, one character for each byte
 */
record HttpReply(int status, Map<String, String> headers, List<String> cookies, String body) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Returns the bytes of the body. */
  byte[] bytes() {
    return body.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Returns a response that API Gateway itself creates. */
  static HttpReply message(int status, String message) {
    return new HttpReply(
        status,
        Map.of("content-type", "application/json"),
        List.of(),
        "{\"message\":\"" + message + "\"}");
  }

  /**
   * Parses a function's response in payload format 2.0: an object with a {@code statusCode}, or
   * JSON that is the body. Returns nothing if it is neither.
   */
  static Optional<HttpReply> of(String response) {
    JsonNode root;
    try {
      root = JSON.readTree(response);
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
    if (!root.has("statusCode")) {
      return Optional.of(
          new HttpReply(
              200,
              Map.of("content-type", "application/json"),
              List.of(),
              latin1(response.getBytes(StandardCharsets.UTF_8))));
    }
    int status = root.get("statusCode").asInt(0);
    if (status < 100 || status > 599) {
      return Optional.empty();
    }
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", "text/plain;charset=UTF-8");
    for (Map.Entry<String, JsonNode> header : root.path("headers").properties()) {
      if (!header.getValue().isValueNode()) {
        return Optional.empty();
      }
      if (!header.getValue().isNull()) {
        headers.put(header.getKey().toLowerCase(Locale.ROOT), header.getValue().asText());
      }
    }
    List<String> cookies = new ArrayList<>();
    root.path("cookies").forEach(cookie -> cookies.add(cookie.asText()));
    JsonNode body = root.path("body");
    if (!body.isValueNode() && !body.isMissingNode()) {
      return Optional.empty();
    }
    String text = body.isNull() || body.isMissingNode() ? "" : body.asText();
    byte[] bytes;
    try {
      bytes =
          root.path("isBase64Encoded").asBoolean(false)
              ? Base64.getDecoder().decode(text)
              : text.getBytes(StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    return Optional.of(new HttpReply(status, headers, cookies, latin1(bytes)));
  }

  private static String latin1(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }
}
