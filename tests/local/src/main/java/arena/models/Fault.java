package arena.models;

/**
 * What can go wrong at a model's service, with the error that each API documents for it.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html">Converse</a>
 * @see <a href="https://platform.openai.com/docs/guides/error-codes">OpenAI's error codes</a>
 */
public enum Fault {
  /** Too many calls. */
  THROTTLED(
      429,
      "ThrottlingException",
      "Too many requests, please wait before trying again.",
      429,
      "requests",
      "rate_limit_exceeded",
      "Rate limit reached for requests. Please try again in 20s."),

  /** The account has used up what it paid for; Bedrock has no such error of its own. */
  QUOTA(
      400,
      "ServiceQuotaExceededException",
      "Your request exceeds the service quota for your account.",
      429,
      "insufficient_quota",
      "insufficient_quota",
      "You exceeded your current quota, please check your plan and billing details."),

  /** The service has too much to do. */
  OVERLOADED(
      503,
      "ServiceUnavailableException",
      "Bedrock is unable to process your request.",
      503,
      "server_error",
      "overloaded",
      "The engine is currently overloaded, please try again later."),

  /** The service failed. */
  INTERNAL(
      500,
      "InternalServerException",
      "The system encountered an unexpected error during processing. Try your request again.",
      500,
      "server_error",
      null,
      "The server had an error while processing your request. Sorry about that!"),

  /** The model took too long for the service itself. */
  TIMED_OUT(
      408,
      "ModelTimeoutException",
      "Model has timed out in processing the request. Try your request again.",
      504,
      "timeout",
      null,
      "The upstream model timed out."),

  /** The model failed. */
  MODEL_ERROR(
      424,
      "ModelErrorException",
      "The system encountered an unexpected error during processing. Try your request again.",
      502,
      "server_error",
      null,
      "Bad gateway."),

  /** The model is being loaded. */
  NOT_READY(
      429,
      "ModelNotReadyException",
      "The model is not ready for inference.",
      503,
      "unavailable_error",
      null,
      "Loading model"),

  /** The caller may not. */
  REFUSED(
      403,
      "AccessDeniedException",
      "You don't have access to the model with the specified model ID.",
      401,
      "invalid_request_error",
      "invalid_api_key",
      "Incorrect API key provided: %s. You can find your API key at"
          + " https://platform.openai.com/account/api-keys."),

  /** The request is not one. */
  INVALID(
      400,
      "ValidationException",
      "The provided request is not valid.",
      400,
      "invalid_request_error",
      null,
      "Invalid value: the request is not valid."),

  /** There is no such model. */
  UNKNOWN_MODEL(
      404,
      "ResourceNotFoundException",
      "Could not resolve the foundation model from the provided model identifier.",
      404,
      "invalid_request_error",
      "model_not_found",
      "The model does not exist or you do not have access to it.");

  private final int converseStatus;
  private final String converseType;
  private final String converseMessage;
  private final int chatStatus;
  private final String chatType;
  private final String chatCode;
  private final String chatMessage;

  Fault(
      int converseStatus,
      String converseType,
      String converseMessage,
      int chatStatus,
      String chatType,
      String chatCode,
      String chatMessage) {
    this.converseStatus = converseStatus;
    this.converseType = converseType;
    this.converseMessage = converseMessage;
    this.chatStatus = chatStatus;
    this.chatType = chatType;
    this.chatCode = chatCode;
    this.chatMessage = chatMessage;
  }

  /** HTTP status in the Converse API. */
  int converseStatus() {
    return converseStatus;
  }

  /** The exception's name in the Converse API. */
  String converseType() {
    return converseType;
  }

  /** The exception's message in the Converse API. */
  String converseMessage() {
    return converseMessage;
  }

  /** HTTP status in the chat completions API. */
  int chatStatus() {
    return chatStatus;
  }

  /** The error's type in the chat completions API. */
  String chatType() {
    return chatType;
  }

  /** The error's code in the chat completions API; null if it has none. */
  String chatCode() {
    return chatCode;
  }

  /** The error's message in the chat completions API; {@code %s} stands for the key that came. */
  String chatMessage() {
    return chatMessage;
  }
}
