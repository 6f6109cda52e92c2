package arena.local.states;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A request's body, its fields checked as they are taken. */
final class Request {
  private final Map<?, ?> fields;

  private Request(Map<?, ?> fields) {
    this.fields = fields;
  }

  static Request read(String body) throws RequestRefused {
    if (body.length() > Quotas.MAX_REQUEST) {
      throw new RequestRefused(
          "ValidationException", "the request is longer than " + Quotas.MAX_REQUEST);
    }
    try {
      if (Json.read(body) instanceof Map<?, ?> fields) {
        return new Request(fields);
      }
    } catch (JsonProcessingException e) {
      throw new RequestRefused("SerializationException", "the request is no JSON");
    }
    throw new RequestRefused("SerializationException", "the request is no JSON object");
  }

  Optional<String> text(String name, int longest) throws RequestRefused {
    Object value = fields.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!(value instanceof String text)) {
      throw new RequestRefused("SerializationException", name + " is to be a string");
    }
    if (text.length() > longest) {
      throw new RequestRefused(
          "ValidationException",
          String.format(
              Locale.ROOT,
              "Value at '%s' failed to satisfy constraint: Member must have length less than or equal to %d",
              name,
              longest));
    }
    return Optional.of(text);
  }

  String need(String name, int longest) throws RequestRefused {
    Optional<String> text = text(name, longest);
    if (text.isEmpty() || text.get().isEmpty()) {
      throw new RequestRefused(
          "ValidationException",
          "Value null at '%s' failed to satisfy constraint: Member must not be null"
              .formatted(name));
    }
    return text.get();
  }

  boolean truth(String name, boolean otherwise) throws RequestRefused {
    Object value = fields.get(name);
    if (value == null) {
      return otherwise;
    }
    if (value instanceof Boolean truth) {
      return truth;
    }
    throw new RequestRefused("SerializationException", name + " is to be true or false");
  }

  /** The most items that a page is to hold; 0 stands for the usual number. */
  int maxResults() throws RequestRefused {
    Object value = fields.get("maxResults");
    if (value == null || value.equals(0)) {
      return Quotas.DEFAULT_PAGE;
    }
    if (!(value instanceof Number)) {
      throw new RequestRefused("SerializationException", "maxResults is to be a number");
    }
    if (value instanceof Integer number && number > 0 && number <= Quotas.MAX_PAGE) {
      return number;
    }
    throw new RequestRefused(
        "ValidationException",
        "Value at 'maxResults' failed to satisfy constraint: from 0 to " + Quotas.MAX_PAGE);
  }

  /** Refuses a field that the API has and this does not. */
  void refuse(String... names) throws RequestRefused {
    for (String name : names) {
      if (fields.get(name) != null) {
        throw new RequestRefused("ValidationException", name + " is not supported here");
      }
    }
  }
}
