package arena.local.lambda;

/** Lambda rejected an invocation: the function's code did not run. */
public final class InvokeFault extends RuntimeException {
  /** The reason, by its name in Lambda's API. */
  public enum Code {
    /** The function does not exist. */
    RESOURCE_NOT_FOUND("ResourceNotFoundException", 404),
    /** All sandboxes are in use, or the queue is full. */
    TOO_MANY_REQUESTS("TooManyRequestsException", 429),
    /** The payload exceeds Lambda's limit. */
    REQUEST_TOO_LARGE("RequestTooLargeException", 413),
    /** The payload is not JSON. */
    INVALID_REQUEST_CONTENT("InvalidRequestContentException", 400),
    /** The host is shutting down. */
    SERVICE("ServiceException", 500);

    private final String exceptionName;
    private final int status;

    Code(String exceptionName, int status) {
      this.exceptionName = exceptionName;
      this.status = status;
    }

    /** Returns the exception's name in Lambda's API. */
    public String exceptionName() {
      return exceptionName;
    }

    /** Returns the HTTP status. */
    public int status() {
      return status;
    }
  }

  private final Code code;

  InvokeFault(Code code, String message) {
    super(message);
    this.code = code;
  }

  /** Returns the reason. */
  public Code code() {
    return code;
  }
}
