package arena.local.lambda;

/** Lambda refused an invocation: the function's code did not run. */
public final class InvokeFault extends RuntimeException {
  /** Why, by the name that Lambda's API gives it. */
  public enum Code {
    /** No such function. */
    RESOURCE_NOT_FOUND("ResourceNotFoundException", 404),
    /** All sandboxes are taken, or the queue is full. */
    TOO_MANY_REQUESTS("TooManyRequestsException", 429),
    /** The payload is larger than Lambda takes. */
    REQUEST_TOO_LARGE("RequestTooLargeException", 413),
    /** The payload is no JSON. */
    INVALID_REQUEST_CONTENT("InvalidRequestContentException", 400),
    /** A header or a path has a value that it cannot have. */
    INVALID_PARAMETER_VALUE("InvalidParameterValueException", 400),
    /** The host is shutting down. */
    SERVICE("ServiceException", 500);

    private final String exceptionName;
    private final int status;

    Code(String exceptionName, int status) {
      this.exceptionName = exceptionName;
      this.status = status;
    }

    /** The exception's name in Lambda's API. */
    public String exceptionName() {
      return exceptionName;
    }

    /** The HTTP status. */
    public int status() {
      return status;
    }
  }

  private final Code code;

  InvokeFault(Code code, String message) {
    super(message);
    this.code = code;
  }

  /** Why. */
  public Code code() {
    return code;
  }
}
