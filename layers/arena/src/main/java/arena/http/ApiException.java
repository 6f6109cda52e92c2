package arena.http;

import arena.error.ErrorKind;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/** A request error; holds the complete content of its error response. */
public final class ApiException extends RuntimeException {
  /** The status of {@link #methodNotAllowed}, whose {@link #limit} is the header {@code Allow}. */
  static final int METHOD_NOT_ALLOWED = 405;

  /** The status of {@link #unauthorized}, which has the header {@code WWW-Authenticate}. */
  static final int UNAUTHORIZED = 401;

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

  /** 400: the body exceeds the nesting limit. */
  static ApiException tooDeep(int limit) {
    return new ApiException(
        400,
        "bad_json",
        "the body is nested too deeply",
        Optional.empty(),
        Optional.of(limit + " levels"),
        OptionalInt.empty());
  }

  /** 401: no valid token. */
  static ApiException unauthorized() {
    return new ApiException(
        UNAUTHORIZED,
        "unauthorized",
        "a valid token is required",
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty());
  }

  /** 403: the token's role does not allow the call. */
  static ApiException forbidden() {
    return new ApiException(
        403,
        "forbidden",
        "the role of the token does not allow this call",
        Optional.empty(),
        Optional.empty(),
        OptionalInt.empty());
  }

  /** 404: unknown path or resource. */
  public static ApiException notFound(String code, String message) {
    return new ApiException(
        404, code, message, Optional.empty(), Optional.empty(), OptionalInt.empty());
  }

  /**
   * 405: known path with another method.
   *
   * @param allowed the methods of the path
   */
  static ApiException methodNotAllowed(List<String> allowed) {
    String methods = String.join(", ", allowed);
    return new ApiException(
        METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "the path does not have this method; use " + methods,
        Optional.empty(),
        Optional.of(methods),
        OptionalInt.empty());
  }

  /** 409: conflict with the current state or an earlier request. */
  static ApiException conflict(String code, String message, String field) {
    return new ApiException(
        409, code, message, Optional.of(field), Optional.empty(), OptionalInt.empty());
  }

  /** 413: the body exceeds the size limit. */
  public static ApiException bodyTooLarge(int limitBytes) {
    return new ApiException(
        413,
        "body_too_large",
        String.format(Locale.ROOT, "the body exceeds %d bytes", limitBytes),
        Optional.empty(),
        Optional.of(limitBytes + " bytes"),
        OptionalInt.empty());
  }

  /**
   * 422: a field or a query parameter is missing, unknown, of the wrong type or out of range.
   *
   * @param field its path, such as {@code mutation.food}
   * @param limit the accepted values, such as {@code 0 to 1000000}
   */
  public static ApiException invalidField(String field, String limit, String message) {
    return unprocessable("invalid_field", message, field, Optional.of(limit));
  }

  /** 422: well-formed, but cannot be processed because of this field. */
  public static ApiException unprocessable(
      String code, String message, String field, Optional<String> limit) {
    return new ApiException(422, code, message, Optional.of(field), limit, OptionalInt.empty());
  }

  /**
   * The answer of an error of the product.
   *
   * @param retryAfterSeconds present if the request can be retried
   */
  static ApiException of(
      ErrorKind.HttpError error,
      String message,
      Optional<String> field,
      Optional<String> limit,
      OptionalInt retryAfterSeconds) {
    return new ApiException(error.status(), error.code(), message, field, limit, retryAfterSeconds);
  }

  /** The text for people; never null. */
  public String message() {
    return Objects.requireNonNull(getMessage());
  }

  public int status() {
    return status;
  }

  /** The error code, such as {@code invalid_field}. */
  public String code() {
    return code;
  }

  /** The invalid field or query parameter. */
  public Optional<String> field() {
    return field;
  }

  /** The accepted values. */
  public Optional<String> limit() {
    return limit;
  }

  /** Delay before a retry, in seconds, if the request can be retried. */
  public OptionalInt retryAfterSeconds() {
    return retryAfterSeconds;
  }
}
