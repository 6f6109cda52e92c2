package arena.runtime;

import arena.broker.RedisInspection;
import arena.error.DependencyUnavailable;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.core.util.VersionInfo;

/** Versions of the running components. */
public final class ComponentVersions {
  private ComponentVersions() {}

  /** Returns the versions by component, including the Redis server. */
  public static Map<String, String> of(Map<String, String> environment, RedisInspection redis) {
    Map<String, String> versions = new TreeMap<>();
    versions.put("java", Runtime.version().toString());
    versions.put("aws_sdk", VersionInfo.SDK_VERSION);
    versions.put("function", environment.getOrDefault("AWS_LAMBDA_FUNCTION_VERSION", "unknown"));
    versions.put("region", environment.getOrDefault("AWS_REGION", "unknown"));
    try {
      versions.put("redis", redis.version());
    } catch (DependencyUnavailable e) {
      versions.put("redis", "unreachable");
    }
    return versions;
  }
}
