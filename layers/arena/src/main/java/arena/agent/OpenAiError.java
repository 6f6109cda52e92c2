package arena.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * An error response of an OpenAI-compatible endpoint. Formats vary: {@code {"error":{…}}} (OpenAI),
 * {@code {"error":"…"}} or top-level fields (others), {@code {"detail":"…"}} (web frameworks), HTML
 * (proxies).
 *
 * @param status HTTP status, or the status given in the body
 * @param code the error's code or type; may be empty
 * @param parameter the request field that caused the error; may be empty
 * @param message may be empty
 * @param whole the whole error as text, in which a gateway may have wrapped another service's
 */
record OpenAiError(int status, String code, String parameter, String message, String whole) {
  private static final int MAX_WHOLE = 8_000;

  /** Codes of a request that no wait makes possible, although their status may say so. */
  private static final Pattern UNPAID =
      Pattern.compile(
          "insufficient_quota|billing_hard_limit|exceeded your current quota|insufficient (?:credits?|balance|funds)"
              + "|credit balance",
          Pattern.CASE_INSENSITIVE);

  /** A model's slip that servers report as the client's: what it wrote could not be parsed. */
  private static final Pattern SLIP =
      Pattern.compile(
          "tool_use_failed|json_validate_failed|output_parse_failed|failed_generation"
              + "|fail(?:ed|ure)? to (?:call|parse|validate|generate|decode)"
              + "|(?:could not|cannot|unable to) (?:parse|decode) (?:the )?(?:model|output|response|tool|generat)"
              + "|malformed_function_call|unexpected tokens? (?:remaining )?in (?:the )?(?:message|output)",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern THROTTLED =
      Pattern.compile(
          "rate.?limit|too many requests|throttl|tokens per min", Pattern.CASE_INSENSITIVE);

  private static final Pattern PASSING =
      Pattern.compile(
          "overload|temporar|try again|upstream|bad gateway|unavailable|timed? ?out|at capacity|no capacity"
              + "|server is busy|(?:is|currently|still) loading|loading model|warming up|internal(?: server)? error"
              + "|connection (?:error|reset|refused|closed)",
          Pattern.CASE_INSENSITIVE);

  /** Parses an error response; never throws. */
  static OpenAiError read(int status, byte[] body, ObjectMapper json) {
    JsonNode answer;
    try {
      answer = json.readTree(body);
    } catch (IOException e) {
      return new OpenAiError(status, "", "", "", text(body));
    }
    return of(status, answer);
  }

  /** Parses an error returned with status 200; its code may be an HTTP status. */
  static OpenAiError within(JsonNode error) {
    int code = error.path("code").asInt(error.path("status").asInt(0));
    boolean isStatus = code >= 400 && code <= 599;
    return of(isStatus ? code : 200, JsonNodeFactory.instance.objectNode().set("error", error));
  }

  private static String text(byte[] body) {
    return new String(body, 0, Math.min(body.length, MAX_WHOLE), StandardCharsets.UTF_8);
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
        message,
        whole(answer));
  }

  private static String whole(JsonNode answer) {
    String text = answer.toString();
    return text.substring(0, Math.min(text.length(), MAX_WHOLE));
  }

  /** Returns the request to send instead, if the error rejects one of its fields. */
  Optional<RequestFields> alternative(RequestFields sent) {
    boolean definite = status == 401 || status == 403 || status == 404 || status == 429;
    return definite || UNPAID.matcher(whole).find()
        ? Optional.empty()
        : sent.without(parameter, whole);
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
    if (status == 401 || status == 402 || status == 403 || UNPAID.matcher(whole).find()) {
      return new ModelRefused(text, null);
    }
    return switch (status) {
      case 408, 504, 524 -> new ModelTimedOut(text, null);
      case 429 -> new ModelThrottled(text, null);
      case 409, 425, 498 -> new ModelOverloaded(text, null);
      default -> {
        if (status >= 500) {
          yield new ModelOverloaded(text, null);
        }
        yield status >= 300 && status != 400 && status != 422
            ? new ModelRefused(text, null)
            : byText(text);
      }
    };
  }

  /** Classifies an error whose status says nothing: 200, or 400 from a gateway. */
  private ModelException byText(String text) {
    if (THROTTLED.matcher(whole).find()) {
      return new ModelThrottled(text, null);
    }
    if (SLIP.matcher(whole).find()) {
      return new ModelMalformed(text, null);
    }
    if (PASSING.matcher(whole).find()) {
      return new ModelOverloaded(text, null);
    }
    return status < 300 ? new ModelMalformed(text, null) : new ModelRefused(text, null);
  }
}
