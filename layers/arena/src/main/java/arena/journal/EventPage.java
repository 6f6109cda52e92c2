package arena.journal;

import arena.codec.Utf8;
import arena.event.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Collects a page of consecutive events from items, limited in number and bytes. */
final class EventPage {
  private final long fromSeq;
  private final int limit;
  private final int maxBytes;
  private final PayloadStore payloads;
  private final List<Event> events = new ArrayList<>();
  private long bytes;
  private boolean full;

  /**
   * @param maxBytes maximum total size of the payloads, except that one event is always added
   */
  EventPage(long fromSeq, int limit, int maxBytes, PayloadStore payloads) {
    this.fromSeq = fromSeq;
    this.limit = limit;
    this.maxBytes = maxBytes;
    this.payloads = payloads;
  }

  /** How many more events fit; 0 if the page is full. */
  int room() {
    return full ? 0 : limit - events.size();
  }

  /** The events collected so far. */
  List<Event> events() {
    return events;
  }

  /**
   * Adds the item's events from the page's first seq, as far as they fit. Payloads in S3 are loaded
   * one at a time, so that at most one is loaded that does not fit.
   *
   * @throws IllegalStateException if a seq is missing
   */
  void add(Map<String, AttributeValue> item) {
    for (EntryItem.StoredEvent event : EntryItem.events(item).toList()) {
      if (room() == 0) {
        return;
      }
      if (event.seq() >= fromSeq) {
        add(event);
      }
    }
  }

  private void add(EntryItem.StoredEvent stored) {
    long expected = fromSeq + events.size();
    if (stored.seq() != expected) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "run %s: the journal has seq %d instead of %d",
              stored.runId(),
              stored.seq(),
              expected));
    }
    Event event = stored.read(payloads);
    bytes += Utf8.length(event.payloadJson());
    if (bytes > maxBytes && !events.isEmpty()) {
      full = true;
      return;
    }
    events.add(event);
  }
}
