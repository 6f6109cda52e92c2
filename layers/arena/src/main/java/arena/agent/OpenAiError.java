package arena.agent;

import arena.text.Redactor;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
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

  /** How long to wait, as Google's services write it in the body. */
  private static final Pattern RETRY_DELAY =
      Pattern.compile("\"retryDelay\" ?: ?\"(?<seconds>[0-9]{1,9})(?:\\.[0-9]{1,9})?s\"");

  /** What is not words in a page of a proxy. */
  private static final Pattern MARKUP =
      Pattern.compile("(?s)<(?:style|script)\\b.{0,4000}?</(?:style|script)>|<[^<>]{0,1000}>");

  /** The fields in which services give their words. */
  private static final List<String> WORDS =
      List.of(
          "message",
          "msg",
          "error_msg",
          "error_message",
          "error_description",
          "status_msg",
          "detail",
          "errors",
          "error",
          "base_resp",
          "title");

  private static final int MAX_DEPTH = 4;

  /** Parses an error response; never throws. */
  static OpenAiError read(int status, byte[] body, ObjectMapper json) {
    JsonNode answer;
    try {
      answer = json.readTree(body);
    } catch (IOException e) {
      String text = text(body);
      return new OpenAiError(status, "", "", MARKUP.matcher(text).replaceAll(" "), text);
    }
    return of(status, answer);
  }

  /** Parses an error returned with status 200; its code may be an HTTP status. */
  static OpenAiError within(JsonNode error) {
    int code =
        error.path("code").asInt(error.path("status").asInt(error.path("status_code").asInt(0)));
    boolean isStatus = code >= 400 && code <= 599;
    return of(isStatus ? code : 200, JsonNodeFactory.instance.objectNode().set("error", error));
  }

  private static String text(byte[] body) {
    return new String(body, 0, Math.min(body.length, MAX_WHOLE), StandardCharsets.UTF_8);
  }

  private static OpenAiError of(int status, JsonNode answer) {
    JsonNode error = answer.path("error").isObject() ? answer.path("error") : answer;
    String code = error.path("code").isTextual() ? error.path("code").asText() : "";
    String message = words(error, 0);
    if (message.isEmpty()) {
      message = words(answer, 0);
    }
    String raw = words(error.path("metadata").path("raw"), 0);
    if (!raw.isEmpty()) {
      message = message + ": " + raw; // what the provider behind the gateway wrote
    }
    return new OpenAiError(
        status,
        code.isEmpty() ? error.path("type").asText("") : code,
        error.path("param").asText(""),
        message,
        whole(answer));
  }

  /** Whether a JSON object gives words of a service, at any depth. */
  static boolean hasWords(JsonNode object) {
    return object.isObject() && !words(object, 0).isEmpty();
  }

  /** The first words in a node: a text, or those of an object's fields or a list's items. */
  private static String words(JsonNode node, int depth) {
    if (node.isTextual()) {
      return node.asText().strip();
    }
    if (depth == MAX_DEPTH) {
      return "";
    }
    if (node.isArray()) {
      String first = node.isEmpty() ? "" : words(node.path(0), depth + 1);
      // a schema's complaints: the field is as important as the words
      return node.path(0).has("loc") ? node.toString() : first;
    }
    for (String field : WORDS) {
      String found = words(node.path(field), depth + 1);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return "";
  }

  /** The service's words, in one line. */
  String words(Redactor redactor) {
    return ServiceErrorText.clean(message, redactor);
  }

  /** Whether the service's content filter refused the prompt or the answer. */
  boolean isFiltered() {
    return status != 401 && status != 429 && status < 500 && ContentFilter.refused(whole);
  }

  private static String whole(JsonNode answer) {
    String text = answer.toString();
    return text.substring(0, Math.min(text.length(), MAX_WHOLE));
  }

  /** Returns the request to send instead, if the error rejects one of its fields. */
  Optional<RequestFields> alternative(RequestFields sent) {
    boolean definite =
        status == 401
            || status == 403
            || status == 429
            || (status == 404 && ErrorWords.isPermanent(whole));
    return definite || isUnpaid()
        ? Optional.empty()
        : sent.without(status == 400 || status == 422, parameter, whole);
  }

  /** A quota with a time after which it is full again is not one that is used up. */
  private boolean isUnpaid() {
    return ErrorWords.isUnpaid(whole) && retryAfter().delay().isZero();
  }

  /** How long the error's body asks to wait. */
  RetryAfter retryAfter() {
    Matcher delay = RETRY_DELAY.matcher(whole);
    return new RetryAfter(
        delay.find() ? Duration.ofSeconds(Long.parseLong(delay.group("seconds"))) : Duration.ZERO);
  }

  /** Returns the exception for this error. */
  ModelException exception(String host, Redactor redactor) {
    // In parentheses: "invalid_api_key: Incorrect …" would be taken for a key and its value.
    String text =
        "%s answered %s%s: %s"
            .formatted(
                host,
                status,
                code.isEmpty() ? "" : " (" + ServiceErrorText.clean(code, redactor) + ")",
                ServiceErrorText.clean(message, redactor));
    boolean permanent = status != 429 && ErrorWords.isPermanent(whole);
    if (status == 401 || status == 402 || status == 403 || permanent || isUnpaid()) {
      return new ModelRefused(text, null);
    }
    return switch (status) {
      case 408, 504, 524 -> new ModelTimedOut(text, null);
      case 429 -> new ModelThrottled(text, null);
      case 409, 424, 425, 498 -> new ModelOverloaded(text, null);
      default -> {
        if (status >= 500) {
          yield new ModelOverloaded(text, null);
        }
        yield status >= 300 && status != 400 && status != 422
            ? new ModelRefused(text, null)
            : ErrorWords.classify(status, whole, text, null);
      }
    };
  }
}
