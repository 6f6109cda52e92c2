package arena.journal;

import arena.codec.Timestamps;
import arena.codec.Utf8;
import arena.codec.WorldCodec;
import arena.dynamo.Attributes;
import arena.event.Event;
import arena.world.World;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** An entry as an item of the journal's table, and back; nowhere else is its shape known. */
final class EntryItem {
  static final String RUN_ID = "run_id";
  static final String POSITION = "position";
  static final String EXPIRES_AT = "expires_at";

  /** Turns whose {@code turn_start} is in the entry: what they are found by. */
  static final String TURN_STARTS = "turn_starts";

  private static final String EVENTS = "events";
  private static final String NEXT_STATE = "next_state";
  private static final String NEXT_STATE_KEY = "next_state_key";
  private static final String PAYLOAD_JSON = "payload_json";
  private static final String PAYLOAD_KEY = "payload_key";
  private static final String TURN_START = "turn_start";

  /** Longest text that is kept in an item, in bytes of UTF-8. */
  static final int MAX_INLINE_BYTES = 100 * 1024;

  /** Largest item that is written, in bytes. DynamoDB takes 400 KB; the expiry comes on top. */
  private static final int MAX_ITEM_BYTES = 390 * 1024;

  /** Bytes of the attributes' names and of numbers, times and lists, beside the texts: plenty. */
  private static final int BYTES_BESIDE_TEXTS = 160;

  /** Longest key of a text in the bucket. */
  private static final int KEY_BYTES = 90;

  private EntryItem() {}

  static Map<String, AttributeValue> key(String runId, long position) {
    return Map.of(RUN_ID, Attributes.of(runId), POSITION, Attributes.of(position));
  }

  /**
   * The entry's item. Texts that it cannot hold are in {@code large} when this returns: those that
   * are too long, and of the others the longest, until the rest fits.
   *
   * @throws IllegalArgumentException if the entry has too many events for an item
   */
  static Map<String, AttributeValue> write(JournalEntry entry, PayloadStore large) {
    Optional<String> nextState = entry.nextState().map(WorldCodec::write);
    List<Text> texts = new ArrayList<>();
    int size = BYTES_BESIDE_TEXTS;
    for (Event event : entry.events()) {
      texts.add(new Text(Optional.of(event), event.payloadJson()));
      size += BYTES_BESIDE_TEXTS + Utf8.length(event.agentId());
    }
    nextState.ifPresent(state -> texts.add(new Text(Optional.empty(), state)));
    Map<Text, String> keys = moveOut(entry, texts, size);
    keys.forEach((text, key) -> large.put(key, text.text()));

    Map<String, AttributeValue> item = new HashMap<>(key(entry.runId(), entry.position()));
    List<AttributeValue> events = new ArrayList<>(entry.events().size());
    for (Text text : texts) {
      Optional<String> key = Optional.ofNullable(keys.get(text));
      if (text.event().isPresent()) {
        events.add(Attributes.of(writeEvent(text.event().get(), key)));
      } else {
        item.put(
            key.isPresent() ? NEXT_STATE_KEY : NEXT_STATE, Attributes.of(key.orElse(text.text())));
      }
    }
    item.put(EVENTS, AttributeValue.fromL(events));
    List<String> turnStarts =
        entry.events().stream()
            .filter(event -> event.kind().equals(TURN_START))
            .map(event -> Integer.toString(event.t()))
            .distinct()
            .toList();
    if (!turnStarts.isEmpty()) {
      item.put(TURN_STARTS, AttributeValue.fromNs(turnStarts));
    }
    return item;
  }

  /** Which texts are to stand in the bucket, by which keys, for the rest to fit in an item. */
  private static Map<Text, String> moveOut(JournalEntry entry, List<Text> texts, int besides) {
    long size = besides + texts.stream().mapToLong(Text::bytes).sum();
    Map<Text, String> keys = new HashMap<>();
    for (Text text :
        texts.stream().sorted(Comparator.comparingInt(Text::bytes).reversed()).toList()) {
      boolean fits = size <= MAX_ITEM_BYTES;
      if (fits && text.bytes() <= MAX_INLINE_BYTES) {
        break;
      }
      keys.put(text, text.key(entry));
      size += KEY_BYTES - text.bytes();
    }
    if (size > MAX_ITEM_BYTES) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "run %s: the entry at position %d has %d events, more than an item holds",
              entry.runId(),
              entry.position(),
              entry.events().size()));
    }
    return keys;
  }

  /** A payload, or the next state if it is of no event. */
  private record Text(Optional<Event> event, String text, int bytes) {
    private Text(Optional<Event> event, String text) {
      this(event, text, Utf8.length(text));
    }

    private String key(JournalEntry entry) {
      return event
          .map(PayloadStore::key)
          .orElseGet(() -> PayloadStore.stateKey(entry.runId(), entry.position(), text));
    }
  }

  private static Map<String, AttributeValue> writeEvent(Event event, Optional<String> payloadKey) {
    return Map.of(
        "seq",
        Attributes.of(event.seq()),
        "agent_id",
        Attributes.of(event.agentId()),
        "t",
        Attributes.of(event.t()),
        "kind",
        Attributes.of(event.kind()),
        "ts",
        Attributes.of(Timestamps.write(event.ts())),
        "schema_version",
        Attributes.of(event.schemaVersion()),
        payloadKey.isPresent() ? PAYLOAD_KEY : PAYLOAD_JSON,
        Attributes.of(payloadKey.orElse(event.payloadJson())));
  }

  /** The entry of this item, whole. */
  static JournalEntry read(Map<String, AttributeValue> item, PayloadStore large) {
    Optional<World> nextState =
        Attributes.findText(item, NEXT_STATE)
            .or(() -> Attributes.findText(item, NEXT_STATE_KEY).map(large::get))
            .map(WorldCodec::read);
    return new JournalEntry(
        Attributes.text(item, RUN_ID),
        Attributes.whole(item, POSITION),
        events(item).map(event -> event.read(large)).toList(),
        nextState);
  }

  /** The entry of this item, without what stands in the bucket. */
  static JournalTail.Written written(Map<String, AttributeValue> item) {
    return new JournalTail.Written(
        Attributes.whole(item, POSITION),
        events(item).map(Unread::part).toList(),
        item.containsKey(NEXT_STATE) || item.containsKey(NEXT_STATE_KEY));
  }

  /** The item's events, in order, those in the bucket not read yet. */
  static Stream<Unread> events(Map<String, AttributeValue> item) {
    String runId = Attributes.text(item, RUN_ID);
    return item.get(EVENTS).l().stream().map(event -> new Unread(runId, event.m()));
  }

  /** An event whose payload may have to be fetched. */
  record Unread(String runId, Map<String, AttributeValue> fields) {
    long seq() {
      return Attributes.whole(fields, "seq");
    }

    /** Whether it is the {@code turn_start} of this turn. */
    boolean starts(int t) {
      return Attributes.text(fields, "kind").equals(TURN_START)
          && Attributes.whole(fields, "t") == t;
    }

    JournalTail.Part part() {
      return new JournalTail.Part(
          seq(),
          Attributes.integer(fields, "t"),
          Attributes.text(fields, "kind"),
          Timestamps.read(Attributes.text(fields, "ts")),
          Attributes.findText(fields, PAYLOAD_JSON));
    }

    Event read(PayloadStore large) {
      return new Event(
          runId,
          seq(),
          Attributes.text(fields, "agent_id"),
          Attributes.integer(fields, "t"),
          Attributes.text(fields, "kind"),
          Attributes.findText(fields, PAYLOAD_JSON)
              .orElseGet(() -> large.get(Attributes.text(fields, PAYLOAD_KEY))),
          Timestamps.read(Attributes.text(fields, "ts")),
          Attributes.integer(fields, "schema_version"));
    }
  }
}
