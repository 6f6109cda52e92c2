package arena.local.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Computes the CORS headers of an HTTP API, which replace those of its functions. */
final class CorsRules {
  private final HttpApiDefinition.Cors cors;

  CorsRules(HttpApiDefinition.Cors cors) {
    this.cors = cors;
  }

  /** Returns the headers of the response to a preflight request. */
  Map<String, String> preflight(String origin) {
    Map<String, String> headers = new LinkedHashMap<>();
    allowed(origin)
        .ifPresent(
            value -> {
              headers.put("access-control-allow-origin", value);
              headers.put("access-control-allow-methods", String.join(",", cors.methods()));
              headers.put("access-control-allow-headers", String.join(",", cors.headers()));
              cors.maxAge()
                  .ifPresent(
                      age -> headers.put("access-control-max-age", Long.toString(age.toSeconds())));
            });
    return headers;
  }

  /** Returns the headers of the response to any other request. */
  Map<String, String> response(String origin) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (origin != null) {
      allowed(origin)
          .ifPresent(
              value -> {
                headers.put("access-control-allow-origin", value);
                if (!cors.exposed().isEmpty()) {
                  headers.put("access-control-expose-headers", String.join(",", cors.exposed()));
                }
              });
    }
    return headers;
  }

  private Optional<String> allowed(String origin) {
    if (cors.origins().contains("*")) {
      return Optional.of("*");
    }
    return cors.origins().stream()
        .filter(allowed -> allowed.equalsIgnoreCase(origin))
        .findFirst()
        .map(_ -> origin);
  }
}
