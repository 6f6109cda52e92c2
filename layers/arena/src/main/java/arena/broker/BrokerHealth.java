package arena.broker;

import java.time.Duration;
import java.util.Optional;

/**
 * The state of the broker's server.
 *
 * @param version such as {@code 7.1.0}
 * @param uptime since the server's start
 * @param usedMemory in bytes
 * @param maxMemory in bytes; empty without a limit
 * @param memoryPolicy what the server does at its limit, such as {@code noeviction}
 * @param evictedKeys keys that it has deleted for lack of memory since its start
 */
public record BrokerHealth(
    String version,
    Duration uptime,
    long usedMemory,
    Optional<Long> maxMemory,
    String memoryPolicy,
    long connections,
    Optional<Long> maxConnections,
    long evictedKeys) {}
