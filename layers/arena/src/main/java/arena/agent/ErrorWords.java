package arena.agent;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What the words of an error reveal if its status does not: gateways wrap errors in their own. */
final class ErrorWords {
  /** Codes of a request that no wait makes possible, although their status may say so. */
  private static final Pattern UNPAID =
      Pattern.compile(
          "insufficient_quota|billing_hard_limit|exceeded your current quota|insufficient (?:credits?|balance|funds)"
              + "|credit balance",
          Pattern.CASE_INSENSITIVE);

  /** A key or a model that no retry makes valid, also behind a gateway's own status. */
  private static final Pattern PERMANENT =
      Pattern.compile(
          "(?:invalid|incorrect|missing|expired)[ _]?(?:x-)?api[-_ ]?key|api key (?:is )?(?:not valid|invalid|expired)"
              + "|authentication.?error|invalid_authentication|invalid (?:access |auth |bearer )?token"
              + "|permission.?denied|model_not_found|not_found_error|deploymentnotfound|not a valid model|unknown model|no such model"
              + "|model[^.]{0,120}(?:not found|does not exist)",
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
          "overload|temporar|crash|upstream|bad gateway|unavailable|timed? ?out|at capacity|no capacity"
              + "|(?<!and )try (?:your request )?again|wait[^.]{0,40} and try again"
              + "|server is busy|(?:is|currently|still) loading|loading model|warming up|internal(?: server)? error"
              + "|server_error|server had an error|connection (?:error|reset|refused|closed)",
          Pattern.CASE_INSENSITIVE);

  private ErrorWords() {}

  /** Whether no wait makes the request possible: no credit is left. */
  static boolean isUnpaid(String error) {
    return UNPAID.matcher(error).find();
  }

  /** Whether the model wrote what its service could not parse. */
  static boolean isSlip(String error) {
    return SLIP.matcher(error).find();
  }

  /** Whether the key or the model is not valid. */
  static boolean isPermanent(String error) {
    return PERMANENT.matcher(error).find();
  }

  /**
   * Classifies an error whose status shows nothing: 200, or 400 from a gateway.
   *
   * @param error the whole error
   * @param text the exception's message
   * @param cause may be null
   */
  static ModelException classify(int status, String error, String text, @Nullable Throwable cause) {
    if (THROTTLED.matcher(error).find()) {
      return new ModelThrottled(text, cause);
    }
    if (SLIP.matcher(error).find()) {
      return new ModelMalformed(text, cause);
    }
    if (PASSING.matcher(error).find()) {
      return new ModelOverloaded(text, cause);
    }
    return status < 300 ? new ModelMalformed(text, cause) : new ModelRefused(text, cause);
  }
}
