package arena.diagnosis;

import java.time.Instant;
import java.util.List;

/**
 * The broker's status as reported by ElastiCache.
 *
 * @param status status of the replication group, such as {@code available} or {@code modifying}
 * @param nodes id and role of each node
 * @param events events of the last hour, newest first
 */
public record CacheStatus(String status, List<String> nodes, List<Event> events) {
  /** Maximum number of events kept. */
  public static final int MAX_EVENTS = 20;

  public CacheStatus {
    nodes = List.copyOf(nodes);
    events = events.stream().limit(MAX_EVENTS).toList();
  }

  /** An ElastiCache event. */
  public record Event(Instant at, String source, String message) {}
}
