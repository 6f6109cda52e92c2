package arena.local.gateway;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What an HTTP API tells browsers by its CORS configuration, in the place of the functions. */
final class CorsRules {
  private final HttpApiDefinition.Cors cors;

  CorsRules(HttpApiDefinition.Cors cors) {
    this.cors = cors;
  }

  /** The headers of the answer to a preflight request. */
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
              credentials(headers);
            });
    return headers;
  }

  /** The headers of the answer to another request. */
  Map<String, String> answer(String origin) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (origin != null) {
      allowed(origin)
          .ifPresent(
              value -> {
                headers.put("access-control-allow-origin", value);
                if (!cors.exposed().isEmpty()) {
                  headers.put("access-control-expose-headers", String.join(",", cors.exposed()));
                }
                credentials(headers);
              });
    }
    return headers;
  }

  private void credentials(Map<String, String> headers) {
    if (cors.credentials()) {
      headers.put("access-control-allow-credentials", "true");
    }
  }

  private Optional<String> allowed(String origin) {
    if (cors.origins().contains("*")) {
      return Optional.of("*");
    }
    return cors.origins().stream()
        .filter(one -> one.equalsIgnoreCase(origin))
        .findFirst()
        .map(one -> origin);
  }
}
