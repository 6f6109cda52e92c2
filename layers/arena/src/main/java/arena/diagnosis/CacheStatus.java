package arena.diagnosis;

import java.time.Instant;
import java.util.List;

/**
 * What ElastiCache itself says of the broker.
 *
 * @param status of the replication group, such as {@code available} or {@code modifying}
 * @param nodes of each node, its id and role
 * @param events of the last hour, newest first
 */
public record CacheStatus(String status, List<String> nodes, List<Event> events) {
  /** Most events told. */
  public static final int MAX_EVENTS = 20;

  public CacheStatus {
    nodes = List.copyOf(nodes);
    events = events.stream().limit(MAX_EVENTS).toList();
  }

  /** Something that happened to the broker. */
  public record Event(Instant at, String source, String message) {}
}
