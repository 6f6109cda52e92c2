package arena.stream;

import arena.event.Event;

/** Creates links to payloads that are too large for a message. */
public interface PayloadLinks {
  /** Returns a short-lived URL of an event's payload. */
  String link(Event event);
}
