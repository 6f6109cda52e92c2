package arena.local.states;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The body of a request; its fields are validated when they are read. */
final class ApiRequest {
  private final Map<?, ?> fields;

  private ApiRequest(Map<?, ?> fields) {
    this.fields = fields;
  }

  static ApiRequest read(String body) throws ApiError {
    if (body.length() > Quotas.MAX_REQUEST) {
      throw new ApiError(
          "ValidationException",
          "the request is longer than " + Quotas.MAX_REQUEST + " characters");
    }
    try {
      if (Json.read(body) instanceof Map<?, ?> fields) {
        return new ApiRequest(fields);
      }
    } catch (JsonProcessingException e) {
      throw new ApiError("SerializationException", "the request is not JSON");
    }
    throw new ApiError("SerializationException", "the request is not a JSON object");
  }

  Optional<String> string(String name, int longest) throws ApiError {
    Object value = fields.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof String text)) {
      throw new ApiError("SerializationException", name + " must be a string");
    }
    if (text.length() > longest) {
      throw new ApiError(
          "ValidationException",
          String.format(
              Locale.ROOT,
              "Value at '%s' failed to satisfy constraint: Member must have length less than or equal to %d",
              name,
              longest));
    }
    return Optional.of(text);
  }

  String required(String name, int longest) throws ApiError {
    Optional<String> string = string(name, longest);
    if (string.isEmpty() || string.get().isEmpty()) {
      throw new ApiError(
          "ValidationException",
          String.format(
              Locale.ROOT,
              "Value null at '%s' failed to satisfy constraint: Member must not be null",
              name));
    }
    return string.get();
  }

  boolean flag(String name) throws ApiError {
    Object value = fields.get(name);
    if (value == null) {
      return false;
    }
    if (value instanceof Boolean flag) {
      return flag;
    }
    throw new ApiError("SerializationException", name + " must be true or false");
  }

  /** Returns the most items on a page; 0 stands for the default. */
  int maxResults() throws ApiError {
    Object value = fields.get("maxResults");
    if (value == null || value.equals(0)) {
      return Quotas.DEFAULT_PAGE;
    }
    if (!(value instanceof Number)) {
      throw new ApiError("SerializationException", "maxResults must be a number");
    }
    if (value instanceof Integer number && number > 0 && number <= Quotas.MAX_PAGE) {
      return number;
    }
    throw new ApiError(
        "ValidationException",
        "Value at 'maxResults' failed to satisfy constraint: from 0 to " + Quotas.MAX_PAGE);
  }

  /** Rejects a field that the API has and the local stack does not support. */
  void reject(String name) throws ApiError {
    if (fields.get(name) != null) {
      throw new ApiError("ValidationException", name + " is not supported");
    }
  }
}
