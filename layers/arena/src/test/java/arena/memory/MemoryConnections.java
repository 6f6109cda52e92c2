package arena.memory;

import arena.stream.Connections;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Connections in memory. */
public class MemoryConnections implements Connections {
  private final Map<String, Set<String>> subscriptions = new HashMap<>();
  private final Map<String, Instant> came = new HashMap<>();

  /** What a connection subscribes to. */
  public synchronized Set<String> of(String connectionId) {
    return Set.copyOf(subscriptions.getOrDefault(connectionId, Set.of()));
  }

  @Override
  public synchronized void connected(String connectionId, Instant at) {
    subscriptions.putIfAbsent(connectionId, new TreeSet<>());
    came.putIfAbsent(connectionId, at);
  }

  @Override
  public synchronized boolean subscribed(String connectionId, String runId) {
    Set<String> runIds = subscriptions.get(connectionId);
    if (!came.containsKey(connectionId)
        || (runIds.size() >= MAX_SUBSCRIPTIONS && !runIds.contains(runId))) {
      return false;
    }
    runIds.add(runId);
    return true;
  }

  @Override
  public synchronized List<String> subscribers(String runId) {
    return subscriptions.entrySet().stream()
        .filter(entry -> entry.getValue().contains(runId))
        .map(Map.Entry::getKey)
        .toList();
  }

  @Override
  public synchronized void unsubscribed(String connectionId, String runId) {
    subscriptions.getOrDefault(connectionId, new TreeSet<>()).remove(runId);
  }

  /** Forgets a connection, as one that died while it was forgotten does, but its subscriptions. */
  public synchronized void forgetAllButSubscriptions(String connectionId) {
    came.remove(connectionId);
  }

  @Override
  public synchronized Set<String> kept(Collection<String> connectionIds) {
    return connectionIds.stream().filter(came::containsKey).collect(Collectors.toSet());
  }

  @Override
  public synchronized Page page(Optional<String> after) {
    return new Page(
        subscriptions.keySet().stream()
            .map(id -> new Entry(id, Optional.ofNullable(came.get(id))))
            .toList(),
        Optional.empty());
  }

  @Override
  public synchronized List<String> disconnected(String connectionId) {
    Set<String> runIds = subscriptions.remove(connectionId);
    came.remove(connectionId);
    return runIds == null ? List.of() : List.copyOf(runIds);
  }
}
