package arena.stream;

import arena.event.Event;

/** Addresses of payloads that are too large for a message. */
public interface PayloadLinks {
  /** A link to the payload of this event, good for a short time. */
  String link(Event event);
}
