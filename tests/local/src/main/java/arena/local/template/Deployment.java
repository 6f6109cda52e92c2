package arena.local.template;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The values that AWS determines at deployment, as the local stack determines them.
 *
 * @param stackName the stack's name, a prefix of the names of its resources
 * @param httpUrl the URL of the HTTP API, without a trailing slash
 * @param webSocketUrl the URL of the WebSocket API, without its stage
 * @param redisHost the host of Redis
 * @param redisPort the port of Redis
 * @param redisPassword the password of Redis: the value of the secret in the template's AuthToken
 * @param secrets returns the values of other secrets, by name
 * @param environment environment variables of every function, which take precedence over the
 *     template's
 */
public record Deployment(
    String stackName,
    String httpUrl,
    String webSocketUrl,
    String redisHost,
    int redisPort,
    String redisPassword,
    Function<String, Optional<String>> secrets,
    Map<String, String> environment) {
  /** The region of all resources. */
  public static final String REGION = "us-east-1";

  /** The account of all resources. */
  public static final String ACCOUNT = "000000000000";

  /** Copies the environment. */
  public Deployment {
    environment = Map.copyOf(environment);
  }

  /** Returns values for a template that is read and not started. */
  public static Deployment placeholder() {
    return new Deployment(
        "arena",
        "http://localhost:8000",
        "ws://localhost:8000",
        "localhost",
        6379,
        "password",
        _ -> Optional.of("secret"),
        Map.of());
  }

  /** Returns the values of a nested stack. */
  Deployment withStackName(String nested) {
    return new Deployment(
        nested, httpUrl, webSocketUrl, redisHost, redisPort, redisPassword, secrets, environment);
  }
}
