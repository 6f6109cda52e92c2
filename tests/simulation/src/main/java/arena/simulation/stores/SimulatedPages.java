package arena.simulation.stores;

import arena.codec.Utf8;
import arena.event.Event;
import java.util.List;

/** Limits pages of events as the real stores do. */
final class SimulatedPages {
  private SimulatedPages() {}

  /** Returns the first events whose payloads fit, but at least one. */
  static List<Event> withinBytes(List<Event> events, int maxBytes) {
    long bytes = 0;
    for (int i = 0; i < events.size(); i++) {
      bytes += Utf8.length(events.get(i).payloadJson());
      if (bytes > maxBytes && i > 0) {
        return events.subList(0, i);
      }
    }
    return events;
  }
}
