package arena.agent;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why a model stopped, as services name it: OpenAI's names, Gemini's, DeepSeek's, Converse's. */
enum FinishReason {
  /** It said all, or gives a reason that changes nothing. */
  COMPLETE,
  /** It reached its limit of tokens. */
  TOKEN_LIMIT,
  /** Its context window is full. */
  CONTEXT_FULL,
  /** The service's filter withheld or cut the answer. */
  FILTERED,
  /** A guardrail of the account withheld or cut the answer. */
  GUARDRAIL,
  /** The model refused. */
  REFUSED,
  /** The service failed meanwhile; another try may succeed. */
  FAILED,
  /** The model wrote a call that could not be parsed; another try may succeed. */
  MALFORMED;

  /** Returns the reason with a service's name for it; null and unknown names count as complete. */
  static FinishReason of(@Nullable String name) {
    String normal = name == null ? "" : name.toLowerCase(Locale.ROOT).replace('-', '_');
    if (normal.contains("malformed_")
        || normal.contains("unexpected_tool")
        || normal.contains("too_many_tool")
        || normal.equals("missing_thought_signature")) {
      return MALFORMED;
    }
    return switch (normal) {
      case "length",
          "max_tokens",
          "max_output_tokens",
          "model_length",
          "max_length",
          "token_limit" ->
          TOKEN_LIMIT;
      case "model_context_window_exceeded" -> CONTEXT_FULL;
      case "content_filter",
          "content_filtered",
          "safety",
          "image_safety",
          "image_prohibited_content",
          "error_toxic",
          "recitation",
          "blocklist",
          "prohibited_content",
          "spii",
          "sensitive" ->
          FILTERED;
      case "guardrail_intervened" -> GUARDRAIL;
      case "refusal" -> REFUSED;
      case "error",
          "insufficient_system_resource",
          "network_error",
          "abort",
          "aborted",
          "cancel",
          "cancelled",
          "canceled",
          "timeout",
          "time_limit",
          "server_error",
          "unavailable" ->
          FAILED;
      default -> COMPLETE;
    };
  }

  /** The remark on an answer that ends for this reason; empty if there is nothing to remark. */
  String remark() {
    return switch (this) {
      case TOKEN_LIMIT -> ModelAnswer.CUT_BY_LIMIT;
      case CONTEXT_FULL -> "the answer was cut: the model's context window is full";
      case FILTERED -> "the service's content filter cut the answer";
      case GUARDRAIL -> "a guardrail cut the answer";
      default -> "";
    };
  }

  /** Why a turn without actions is empty; empty if the reason does not explain it. */
  String causeIfEmpty() {
    return switch (this) {
      case FILTERED -> ContentFilter.NO_ACTIONS;
      case GUARDRAIL -> "no actions: a guardrail withheld the answer";
      case REFUSED -> ModelAnswer.REFUSED;
      default -> "";
    };
  }
}
