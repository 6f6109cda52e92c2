package arena.journal;

import arena.codec.Timestamps;
import arena.codec.Utf8;
import arena.codec.WorldCodec;
import arena.dynamo.Attributes;
import arena.event.Event;
import arena.run.RunId;
import arena.world.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** Converts journal entries to and from DynamoDB items. */
final class EntryItem {
  static final String RUN_ID = "run_id";
  static final String POSITION = "position";
  static final String EXPIRES_AT = "expires_at";

  /** Time before which the turn's model must not be called; absent if its service did not ask. */
  static final String MODEL_NOT_BEFORE = "model_not_before";

  /** Turns whose {@code turn_start} is in the entry; used to find them. */
  static final String TURN_STARTS = "turn_starts";

  private static final String EVENTS = "events";
  private static final String NEXT_STATE = "next_state";
  private static final String NEXT_STATE_KEY = "next_state_key";
  private static final String PAYLOAD_JSON = "payload_json";
  private static final String PAYLOAD_KEY = "payload_key";
  private static final String TURN_START = "turn_start";

  /** Maximum size of a text in an item, in bytes. */
  static final int MAX_INLINE_BYTES = 100 * 1024;

  /** Maximum item size, in bytes; DynamoDB's limit of 400 KB minus room for the expiry. */
  private static final int MAX_ITEM_BYTES = 390 * 1024;

  /** Upper bound of an event's size without its texts, in bytes. */
  private static final int OVERHEAD_BYTES = 160;

  /** Maximum length of an S3 key, in bytes. */
  private static final int KEY_BYTES = 90;

  private EntryItem() {}

  static Map<String, AttributeValue> key(RunId runId, long position) {
    return Map.of(RUN_ID, Attributes.of(runId.value()), POSITION, Attributes.of(position));
  }

  /**
   * Converts an entry to an item, storing in {@code payloads} every text over the size limit, and
   * then the largest ones until the item fits.
   *
   * @throws IllegalArgumentException if the entry has too many events for an item
   */
  static Map<String, AttributeValue> write(
      JournalEntry entry, Instant expiresAt, PayloadStore payloads) {
    Optional<String> nextState = entry.nextState().map(WorldCodec::write);
    List<Text> texts = new ArrayList<>();
    int size = OVERHEAD_BYTES;
    for (Event event : entry.events()) {
      texts.add(new Text(Optional.of(event), event.payloadJson()));
      size += OVERHEAD_BYTES + Utf8.length(event.agentId());
    }
    nextState.ifPresent(state -> texts.add(new Text(Optional.empty(), state)));
    Map<Text, String> keys = selectExternal(entry, texts, size);
    keys.forEach((text, key) -> payloads.put(key, text.text()));

    Map<String, AttributeValue> item = new HashMap<>(key(entry.runId(), entry.position()));
    item.put(EXPIRES_AT, Attributes.of(expiresAt.getEpochSecond()));
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

  /** Selects the texts to store in S3, with their keys, so that the rest fits in an item. */
  private static Map<Text, String> selectExternal(
      JournalEntry entry, List<Text> texts, int overhead) {
    long size = overhead + texts.stream().mapToLong(Text::bytes).sum();
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
              "run %s: the entry at position %d has %d events, too many for an item",
              entry.runId(),
              entry.position(),
              entry.events().size()));
    }
    return keys;
  }

  /** An event's payload, or the next state if {@code event} is empty. */
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

  /** Converts an item to an entry, loading texts from S3. */
  static JournalEntry read(Map<String, AttributeValue> item, PayloadStore payloads) {
    Optional<World> nextState =
        Attributes.findText(item, NEXT_STATE)
            .or(() -> Attributes.findText(item, NEXT_STATE_KEY).map(payloads::get))
            .map(WorldCodec::read);
    return new JournalEntry(
        RunId.of(Attributes.text(item, RUN_ID)),
        Attributes.whole(item, POSITION),
        events(item).map(event -> event.read(payloads)).toList(),
        nextState,
        Attributes.findText(item, MODEL_NOT_BEFORE).map(Timestamps::read));
  }

  /** Converts an item to a summary, without loading texts from S3. */
  static JournalTail.EntrySummary summary(Map<String, AttributeValue> item) {
    return new JournalTail.EntrySummary(
        Attributes.whole(item, POSITION),
        events(item).map(StoredEvent::summary).toList(),
        item.containsKey(NEXT_STATE) || item.containsKey(NEXT_STATE_KEY));
  }

  /** The item's events, in order; payloads in S3 are not loaded. */
  static Stream<StoredEvent> events(Map<String, AttributeValue> item) {
    RunId runId = RunId.of(Attributes.text(item, RUN_ID));
    return Objects.requireNonNull(item.get(EVENTS)).l().stream()
        .map(event -> new StoredEvent(runId, event.m()));
  }

  /** An event whose payload may be in S3. */
  record StoredEvent(RunId runId, Map<String, AttributeValue> fields) {
    long seq() {
      return Attributes.whole(fields, "seq");
    }

    int t() {
      return Attributes.integer(fields, "t");
    }

    /** Whether this is the {@code turn_start} of a turn. */
    boolean isTurnStart(int turn) {
      return Attributes.text(fields, "kind").equals(TURN_START) && t() == turn;
    }

    JournalTail.EventSummary summary() {
      return new JournalTail.EventSummary(
          seq(),
          Attributes.integer(fields, "t"),
          Attributes.text(fields, "kind"),
          Timestamps.read(Attributes.text(fields, "ts")),
          Attributes.findText(fields, PAYLOAD_JSON));
    }

    Event read(PayloadStore payloads) {
      return new Event(
          runId,
          seq(),
          Attributes.text(fields, "agent_id"),
          Attributes.integer(fields, "t"),
          Attributes.text(fields, "kind"),
          Attributes.findText(fields, PAYLOAD_JSON)
              .orElseGet(() -> payloads.get(Attributes.text(fields, PAYLOAD_KEY))),
          Timestamps.read(Attributes.text(fields, "ts")),
          Attributes.integer(fields, "schema_version"));
    }
  }
}
