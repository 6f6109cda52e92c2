package arena.http;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/** A request cannot be served; carries all that its answer says, and nothing else. */
public final class ApiException extends RuntimeException {
  private final int status;
  private final String code;
  private final Optional<String> field;
  private final Optional<String> limit;
  private final OptionalInt retryAfterSeconds;

  private ApiException(
      int status,
      String code,
      String message,
      Optional<String> field,
      Optional<String> limit,
      OptionalInt retryAfterSeconds) {
    super(Objects.requireNonNull(message));
    this.status = status;
    this.code = code;
    this.field = field;
    this.limit = limit;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** 400: the body is not JSON in UTF-8. */
  public static ApiException badJson(String message) {
    return new ApiException(
        400, "bad_json", message, Optional.empty(), Optional.empty(), OptionalInt.empty());
  }

  /** 400: the body is nested deeper than any request is. */
  static ApiException tooDeep(int limit) {
    return new ApiException(
        400,
        "bad_json",
        "the body is nested deeper than any request",
        Optional.empty(),
        Optional.of(limit + " levels"),
        OptionalInt.empty());
  }

  /** 404: no such thing. */
  public static ApiException notFound(String code, String message) {
    return new ApiException(
        404, code, message, Optional.empty(), Optional.empty(), OptionalInt.empty());
  }

  /** 409: it contradicts what was asked before. */
  static ApiException conflict(String code, String message, String field) {
    return new ApiException(
        409, code, message, Optional.of(field), Optional.empty(), OptionalInt.empty());
  }

  /** 413: the body has more bytes than a request may have. */
  public static ApiException bodyTooLarge(int limitBytes) {
    return new ApiException(
        413,
        "body_too_large",
        String.format(Locale.ROOT, "the body has more than %d bytes", limitBytes),
        Optional.empty(),
        Optional.of(limitBytes + " bytes"),
        OptionalInt.empty());
  }

  /**
   * 422: a field or a query parameter is missing, unknown, of the wrong type or out of range.
   *
   * @param field its name, with the names of what it is in, such as {@code mutation.food}
   * @param limit what would do, such as {@code 0 to 1000000}
   */
  public static ApiException invalidField(String field, String limit, String message) {
    return notPossible("invalid_field", message, field, Optional.of(limit));
  }

  /** 422: well-formed, but not possible, because of this field. */
  public static ApiException notPossible(
      String code, String message, String field, Optional<String> limit) {
    return new ApiException(422, code, message, Optional.of(field), limit, OptionalInt.empty());
  }

  /** 429 or 503: the same request may do later. */
  public static ApiException tryLater(
      int status, String code, String message, int retryAfterSeconds) {
    return new ApiException(
        status,
        code,
        message,
        Optional.empty(),
        Optional.empty(),
        OptionalInt.of(retryAfterSeconds));
  }

  /** The answer's HTTP status. */
  public int status() {
    return status;
  }

  /** The error by name, such as {@code invalid_field}. */
  public String code() {
    return code;
  }

  /** The field or query parameter that is wrong, if one is. */
  public Optional<String> field() {
    return field;
  }

  /** The limit that was passed, if one was. */
  public Optional<String> limit() {
    return limit;
  }

  /** Seconds after which the request may be tried again, if it may. */
  public OptionalInt retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
