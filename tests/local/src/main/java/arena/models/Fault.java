package arena.models;

/**
 * The errors of model services, as each API documents them.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html">Converse</a>
 * @see <a href="https://platform.openai.com/docs/guides/error-codes">OpenAI's error codes</a>
 */
public enum Fault {
  /** The rate limit is exceeded. */
  THROTTLED(
      429,
      "ThrottlingException",
      "Too many requests, please wait before trying again.",
      429,
      "requests",
      "rate_limit_exceeded",
      "Rate limit reached for requests. Please try again in 20s."),

  /** The account's quota is exhausted; Bedrock reports this as a service quota. */
  QUOTA(
      400,
      "ServiceQuotaExceededException",
      "Your request exceeds the service quota for your account.",
      429,
      "insufficient_quota",
      "insufficient_quota",
      "You exceeded your current quota, please check your plan and billing details."),

  /** The service is overloaded. */
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

  /** The model timed out within the service. */
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

  /** Access is denied. */
  REFUSED(
      403,
      "AccessDeniedException",
      "You don't have access to the model with the specified model ID.",
      401,
      "invalid_request_error",
      "invalid_api_key",
      "Incorrect API key provided: %s. You can find your API key at"
          + " https://platform.openai.com/account/api-keys."),

  /** The request is invalid. */
  INVALID(
      400,
      "ValidationException",
      "The provided request is not valid.",
      400,
      "invalid_request_error",
      null,
      "Invalid value: the request is not valid."),

  /** The model does not exist. */
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

  /** Returns the HTTP status in the Converse API. */
  int converseStatus() {
    return converseStatus;
  }

  /** Returns the exception's name in the Converse API. */
  String converseType() {
    return converseType;
  }

  /** Returns the exception's message in the Converse API. */
  String converseMessage() {
    return converseMessage;
  }

  /** Returns the HTTP status in the chat completions API. */
  int chatStatus() {
    return chatStatus;
  }

  /** Returns the error's type in the chat completions API. */
  String chatType() {
    return chatType;
  }

  /** Returns the error's code in the chat completions API; null if it has none. */
  String chatCode() {
    return chatCode;
  }

  /**
   * Returns the error's message in the chat completions API, with {@code %s} for the request's key.
   */
  String chatMessage() {
    return chatMessage;
  }
}
