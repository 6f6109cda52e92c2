package arena.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;

/**
 * An error of an OpenAI-compatible endpoint. Its shapes differ: {@code {"error":{…}}} with OpenAI,
 * {@code {"error":"…"}} and fields at the top elsewhere, {@code {"detail":"…"}} from some web
 * frameworks, HTML from the proxy in front.
 *
 * @param status HTTP status, or what the body gives in its place
 * @param code the error's code or type; empty if it has none
 * @param parameter the field of the request that it is about; empty if it names none
 * @param message what it says; empty if it says nothing
 */
record OpenAiError(int status, String code, String parameter, String message) {
  /** Reads an error's body, whatever it is. */
  static OpenAiError read(int status, byte[] body, ObjectMapper json) {
    JsonNode answer;
    try {
      answer = json.readTree(body);
    } catch (IOException e) {
      return new OpenAiError(status, "", "", "");
    }
    return of(status, answer);
  }

  /** The error within an answer that came with status 200; its code may be a status. */
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

  /**
   * Whether it says that the model does not take this field of the request, or this value of it.
   */
  boolean isAbout(String field) {
    return code.startsWith("unsupported_") && parameter.equals(field);
  }

  /** The exception that tells its cause. */
  ModelException exception(String host, String key) {
    String text =
        "%s answered %s%s: %s"
            .formatted(
                host,
                status,
                code.isEmpty() ? "" : " " + ServiceErrorText.clean(code, key),
                ServiceErrorText.clean(message, key));
    if (code.equals("insufficient_quota") || code.equals("billing_hard_limit_reached")) {
      return new ModelRefused(text, null); // a 429 that no wait ends
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
