package arena.simulation.stores;

import arena.event.Event;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The bucket that archives are in: each object is there whole, or not at all. */
public final class SimulatedBucket {
  private final Map<String, List<Event>> objects = new HashMap<>();

  /** Puts an object. */
  synchronized void put(String key, List<Event> events) {
    objects.put(key, List.copyOf(events));
  }

  /** The object of this key, if there is one. */
  public synchronized Optional<List<Event>> find(String key) {
    return Optional.ofNullable(objects.get(key));
  }
}
