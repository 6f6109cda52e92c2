package arena.runtime;

import arena.agent.ModelAgentResolver;
import arena.broker.RedisSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What the template tells a function, by environment variables. A missing one is named when it is
 * needed.
 */
public record Settings(Map<String, String> environment) {
  public Settings {
    environment = Map.copyOf(environment);
  }

  /** Without the values, some of which are secrets. */
  @Override
  public String toString() {
    return "Settings" + new TreeSet<>(environment.keySet());
  }

  String catalogTable() {
    return required("ARENA_CATALOG_TABLE");
  }

  String journalTable() {
    return required("ARENA_JOURNAL_TABLE");
  }

  String connectionsTable() {
    return required("ARENA_CONNECTIONS_TABLE");
  }

  String idempotencyTable() {
    return required("ARENA_IDEMPOTENCY_TABLE");
  }

  String bucket() {
    return required("ARENA_BUCKET");
  }

  String stateMachineArn() {
    return required("ARENA_STATE_MACHINE_ARN");
  }

  String streamFunction() {
    return required("ARENA_STREAM_FUNCTION");
  }

  String finalizeFunction() {
    return required("ARENA_FINALIZE_FUNCTION");
  }

  /** Address of the WebSocket API's {@code @connections}, with its stage. */
  String websocketEndpoint() {
    return required("ARENA_WEBSOCKET_ENDPOINT");
  }

  /** Id of the broker's replication group in ElastiCache. */
  String cacheId() {
    return required("ARENA_CACHE_ID");
  }

  /** How long one call of a model may take. */
  public Duration modelTimeout() {
    return Duration.ofSeconds(
        number("ARENA_MODEL_TIMEOUT_SECONDS", ModelAgentResolver.DEFAULT_TIMEOUT_SECONDS));
  }

  /** Where the broker's server is. */
  public RedisSettings redis() {
    return new RedisSettings(
        required("REDIS_HOST"),
        Math.toIntExact(number("REDIS_PORT", 6379)),
        Boolean.parseBoolean(environment.getOrDefault("REDIS_TLS", "true")),
        Optional.of(required("REDIS_PASSWORD")));
  }

  /** What the names of the functions' log groups begin with. */
  String logGroupPrefix() {
    return required("ARENA_LOG_GROUP_PREFIX");
  }

  /** What no report may show. */
  public List<String> secrets() {
    return Stream.of(
            "REDIS_PASSWORD",
            "ARENA_OPENAI_API_KEY",
            "AWS_SECRET_ACCESS_KEY",
            "AWS_SESSION_TOKEN",
            "AWS_ACCESS_KEY_ID")
        .map(name -> environment.getOrDefault(name, ""))
        .filter(secret -> !secret.isBlank())
        .toList();
  }

  /** How long an ended or silent run stays in the broker. */
  public Duration grace() {
    return Duration.ofMinutes(number("ARENA_GRACE_MINUTES", 30));
  }

  /** Namespace of the metrics in CloudWatch. */
  public String metricsNamespace() {
    return environment.getOrDefault("POWERTOOLS_METRICS_NAMESPACE", "AoE2Arena");
  }

  /** What tells this stack's metrics from another's in the same account. */
  public String service() {
    return environment.getOrDefault("POWERTOOLS_SERVICE_NAME", "arena");
  }

  private String required(String name) {
    String value = environment.get(name);
    if (value == null || value.isBlank()) {
      throw new IllegalStateException("the environment variable " + name + " is not set");
    }
    return value;
  }

  private long number(String name, long otherwise) {
    String value = environment.get(name);
    if (value == null || value.isBlank()) {
      return otherwise;
    }
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalStateException(
          "the environment variable " + name + " is a whole number, not " + value, e);
    }
  }
}
