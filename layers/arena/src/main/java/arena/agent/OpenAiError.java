package arena.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * An error response of an OpenAI-compatible endpoint. Formats vary: {@code {"error":{…}}} (OpenAI),
 * {@code {"error":"…"}} or top-level fields (others), {@code {"detail":"…"}} (web frameworks), HTML
 * (proxies).
 *
 * @param status HTTP status, or the status given in the body
 * @param code the error's code or type; may be empty
 * @param parameter the request field that caused the error; may be empty
 * @param message may be empty
 */
record OpenAiError(int status, String code, String parameter, String message) {
  /** Parses an error response; never throws. */
  static OpenAiError read(int status, byte[] body, ObjectMapper json) {
    JsonNode answer;
    try {
      answer = json.readTree(body);
    } catch (IOException e) {
      return new OpenAiError(status, "", "", "");
    }
    return of(status, answer);
  }

  /** Parses an error returned with status 200; its code may be an HTTP status. */
  static OpenAiError within(JsonNode answer) {
    int code = answer.path("error").path("code").asInt(0);
    boolean isStatus = code >= 400 && code <= 599;
    return of(isStatus ? code : 200, answer);
  }

  private static OpenAiError of(int status, JsonNode answer) {
    JsonNode error = answer.path("error").isObject() ? answer.path("error") : answer;
    String code = error.path("code").isTextual() ? error.path("code").asText() : "";
    String message = error.path("message").asText("");
    if (message.isEmpty()) {
      message = answer.path("error").asText("");
    }
    if (message.isEmpty() && !answer.path("detail").isMissingNode()) {
      JsonNode detail = answer.path("detail");
      message = detail.isTextual() ? detail.asText() : detail.toString();
    }
    return new OpenAiError(
        status,
        code.isEmpty() ? error.path("type").asText("") : code,
        error.path("param").asText(""),
        message);
  }

  /** Whether the model rejected this request field or its value. */
  boolean rejects(String field) {
    return code.startsWith("unsupported_") && parameter.equals(field);
  }

  /** Returns the exception for this error. */
  ModelException exception(String host, String key) {
    String text =
        "%s answered %s%s: %s"
            .formatted(
                host,
                status,
                code.isEmpty() ? "" : " " + ServiceErrorText.clean(code, key),
                ServiceErrorText.clean(message, key));
    if (code.equals("insufficient_quota") || code.equals("billing_hard_limit_reached")) {
      return new ModelRefused(text, null); // a 429 that does not go away
    }
    return switch (status) {
      case 408, 504, 524 -> new ModelTimedOut(text, null);
      case 429 -> new ModelThrottled(text, null);
      case 409, 425, 498 -> new ModelOverloaded(text, null);
      default -> {
        if (status >= 500) {
          yield new ModelOverloaded(text, null);
        }
        yield status >= 300 ? new ModelRefused(text, null) : new ModelMalformed(text, null);
      }
    };
  }
}
