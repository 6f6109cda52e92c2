package arena.runtime;

import arena.agent.ModelTimeouts;
import arena.agent.OfferedModels;
import arena.broker.RedisSettings;
import arena.http.DeploymentJson;
import arena.text.Redactor;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A function's settings from its environment variables, which the template sets. A missing variable
 * is reported when it is first used.
 */
public record Settings(Map<String, String> environment) {
  /** Set by a {@link Rehearsal} only. */
  static final String REHEARSAL_ENDPOINT = "ARENA_REHEARSAL_ENDPOINT";

  public Settings {
    environment = Map.copyOf(environment);
  }

  /** Omits the values, because some are secrets. */
  @Override
  public String toString() {
    return "Settings" + new TreeSet<>(environment.keySet());
  }

  /** How AWS clients reach the services. */
  AwsAccess access() {
    String rehearsed = environment.get(REHEARSAL_ENDPOINT);
    return rehearsed == null ? AwsAccess.DEFAULT : AwsAccess.rehearsed(URI.create(rehearsed));
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

  String accessTable() {
    return required("ARENA_ACCESS_TABLE");
  }

  String idempotencyTable() {
    return required("ARENA_IDEMPOTENCY_TABLE");
  }

  String comparisonsTable() {
    return required("ARENA_COMPARISONS_TABLE");
  }

  String comparisonStateMachineArn() {
    return required("ARENA_COMPARISON_STATE_MACHINE_ARN");
  }

  /** Maximum number of cells of a comparison that are played at a time on one provider. */
  public int comparisonConcurrency() {
    return Math.toIntExact(number("ARENA_COMPARISON_CONCURRENCY", 10));
  }

  /** The models that the deployment offers. */
  public OfferedModels offeredModels() {
    return OfferedModels.of(environment);
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

  /** Endpoint of the WebSocket API's {@code @connections}, including the stage. */
  String websocketEndpoint() {
    return required("ARENA_WEBSOCKET_ENDPOINT");
  }

  /** Id of the broker's replication group in ElastiCache. */
  String cacheId() {
    return required("ARENA_CACHE_ID");
  }

  /** Timeout of one model call. */
  public Duration modelTimeout() {
    return Duration.ofSeconds(number("ARENA_MODEL_TIMEOUT_SECONDS", ModelTimeouts.DEFAULT_SECONDS));
  }

  /** Connection settings of the broker. */
  public RedisSettings redis() {
    return new RedisSettings(
        required("REDIS_HOST"),
        Math.toIntExact(number("REDIS_PORT", 6379)),
        Boolean.parseBoolean(environment.getOrDefault("REDIS_TLS", "true")),
        Optional.of(required("REDIS_PASSWORD")));
  }

  /** Prefix of the functions' log groups. */
  String logGroupPrefix() {
    return required("ARENA_LOG_GROUP_PREFIX");
  }

  /** What the deployment offers to clients. */
  public DeploymentJson.Settings deployment() {
    return new DeploymentJson.Settings(
        required("ARENA_WEBSOCKET_URL"),
        Boolean.parseBoolean(environment.getOrDefault("ARENA_TOKEN_REQUIRED", "true")),
        offeredModels(),
        required("ARENA_PAYLOAD_ORIGIN"));
  }

  /** Redacts the secrets among these settings. */
  public Redactor redactor() {
    return Redactor.of(environment);
  }

  /**
   * The grace period: how long a closed or silent run stays in the broker. Not shorter than all
   * attempts of a turn whose model does not answer, so that its run fails with that reason.
   */
  public Duration grace() {
    Duration configured = Duration.ofMinutes(number("ARENA_GRACE_MINUTES", 30));
    Duration turn = ModelTimeouts.ofAllAttempts(modelTimeout());
    return configured.compareTo(turn) > 0 ? configured : turn;
  }

  /** Namespace of the metrics in CloudWatch. */
  public String metricsNamespace() {
    return environment.getOrDefault("POWERTOOLS_METRICS_NAMESPACE", "AoE2Arena");
  }

  /** Distinguishes the metrics of several stacks in one account. */
  public String service() {
    return environment.getOrDefault("POWERTOOLS_SERVICE_NAME", "arena");
  }

  private String required(String name) {
    String value = environment.get(name);
    if (value == null || value.isBlank()) {
      throw new IllegalStateException("environment variable " + name + " is not set");
    }
    return value;
  }

  private long number(String name, long defaultValue) {
    String value = environment.get(name);
    if (value == null || value.isBlank()) {
      return defaultValue;
    }
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalStateException(
          "environment variable " + name + " must be an integer: " + value, e);
    }
  }
}
