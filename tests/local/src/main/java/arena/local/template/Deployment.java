package arena.local.template;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What AWS would settle when it deploys the template, and the local stack settles instead.
 *
 * @param stackName the stack's name, which the names of its resources start with
 * @param httpUrl where the HTTP API answers, without a slash at the end
 * @param webSocketUrl where the WebSocket API answers, without its stage
 * @param redisHost where Redis is
 * @param redisPort where Redis is
 * @param redisPassword what opens Redis; the value of the secret that the template names as its
 *     AuthToken
 * @param secrets the values of other secrets, by name
 * @param environment environment variables that every function gets on top of, and instead of, the
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
  /** The region that everything is in. */
  public static final String REGION = "us-east-1";

  /** The account that everything belongs to. */
  public static final String ACCOUNT = "000000000000";

  /** Keeps the environment from changing. */
  public Deployment {
    environment = Map.copyOf(environment);
  }
}
