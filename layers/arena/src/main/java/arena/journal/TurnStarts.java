package arena.journal;

import arena.codec.Utf8;
import arena.dynamo.Attributes;
import arena.dynamo.QueryPages;
import arena.event.Event;
import arena.run.RunId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Finds a run's {@code turn_start} events, without loading other payloads from S3. */
final class TurnStarts {
  private final EntryQueries queries;
  private final PayloadStore payloads;

  TurnStarts(EntryQueries queries, PayloadStore payloads) {
    this.queries = queries;
    this.payloads = payloads;
  }

  /** See {@link Journal#turnStarts}. */
  List<Event> page(RunId runId, long fromSeq, int maxBytes) {
    QueryPages pages =
        queries.pages(
            queries
                .builder(runId, fromSeq) // in its entry, the turn_start is the first event
                .filterExpression("attribute_exists(#turn_starts)")
                .expressionAttributeNames(
                    Map.of(
                        "#position", EntryItem.POSITION, "#turn_starts", EntryItem.TURN_STARTS)));
    List<Event> page = new ArrayList<>();
    long bytes = 0;
    while (pages.more()) {
      for (Map<String, AttributeValue> item : pages.next(DynamoJournal.MAX_ITEMS)) {
        EntryItem.StoredEvent start = EntryItem.events(item).findFirst().orElseThrow();
        Event event = start.read(payloads);
        bytes += Utf8.length(event.payloadJson());
        if (bytes > maxBytes && !page.isEmpty()) {
          return page;
        }
        page.add(event);
      }
    }
    return page;
  }

  /**
   * Finds the {@code turn_start} of a turn. The entries are ordered by turn, so a run that does not
   * fit in the first page is searched by bisection.
   */
  Optional<Event> find(RunId runId, int t) {
    QueryPages pages = queries.from(runId, 0);
    List<Map<String, AttributeValue>> first = pages.next(DynamoJournal.MAX_ITEMS);
    Optional<Event> found = first.stream().flatMap(item -> turnStart(item, t).stream()).findFirst();
    if (found.isPresent() || !pages.more()) {
      return found;
    }
    long before = Attributes.whole(first.getLast(), EntryItem.POSITION);
    Map<String, AttributeValue> newest = queries.newestFirst(runId).next(1).getFirst();
    if (turn(newest) < t || turn(first.getLast()) >= t) {
      return Optional.empty();
    }
    // Of the entries at `before` and `from`, the first is of an earlier turn, the other is not.
    Map<String, AttributeValue> from = newest;
    while (Attributes.whole(from, EntryItem.POSITION) - before > 1) {
      long middle = (before + Attributes.whole(from, EntryItem.POSITION)) / 2;
      Map<String, AttributeValue> item = queries.floor(runId, middle).next(1).getFirst();
      if (turn(item) < t) {
        before = middle;
      } else {
        from = item;
      }
    }
    return turnStart(from, t);
  }

  private Optional<Event> turnStart(Map<String, AttributeValue> item, int t) {
    return EntryItem.events(item)
        .filter(event -> event.isTurnStart(t))
        .findFirst()
        .map(event -> event.read(payloads));
  }

  /** The turn of an entry's events; a first entry without events is before all turns. */
  private static int turn(Map<String, AttributeValue> item) {
    return EntryItem.events(item).findFirst().map(EntryItem.StoredEvent::t).orElse(-1);
  }
}
