package arena.simulation.stores;

import arena.event.Event;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The bucket of the archives; objects are written atomically. */
public final class SimulatedBucket {
  private final Map<String, List<Event>> objects = new HashMap<>();

  synchronized void put(String key, List<Event> events) {
    objects.put(key, List.copyOf(events));
  }

  public synchronized Optional<List<Event>> find(String key) {
    return Optional.ofNullable(objects.get(key));
  }
}
