package arena.contract;

import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.run.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Sample events for the broker and the archive. */
final class SampleEvents {
  static final Instant START = Instant.parse("2026-01-31T23:59:59.123456Z");

  /** Characters of one to four bytes in UTF-8, and characters that JSON escapes. */
  private static final String TEXT = "aé→𝄞 \"\\\n\t\u0001\u2028/";

  private SampleEvents() {}

  /**
   * The run's events from {@code fromSeq} to {@code toSeq} inclusive, each with a different
   * payload.
   */
  static List<Event> events(RunId runId, long fromSeq, long toSeq) {
    List<Event> events = new ArrayList<>();
    for (long seq = fromSeq; seq <= toSeq; seq++) {
      events.add(event(runId, seq, TEXT + " " + seq));
    }
    return events;
  }

  /** An event with a payload of at least this many bytes. */
  static Event large(RunId runId, long seq, int bytes) {
    return event(runId, seq, "x".repeat(bytes));
  }

  private static Event event(RunId runId, long seq, String text) {
    Payload payload = new Payload.LlmPrompt(text);
    return new Event(
        runId,
        seq,
        "scripted-é",
        Math.toIntExact(seq / 8),
        payload.kind(),
        PayloadCodec.write(payload),
        START.plusNanos(seq * 1_000_000_007L),
        Event.SCHEMA_VERSION);
  }
}
