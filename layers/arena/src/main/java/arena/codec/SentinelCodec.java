package arena.codec;

import java.time.Instant;

/** What the broker keeps beside an open run, for an operator to read: its label and its start. */
public final class SentinelCodec {
  private SentinelCodec() {}

  /** Such as {@code {"label":"demo","started_at":"2026-01-31T12:00:00.123456Z"}}. */
  public static String write(String label, Instant startedAt) {
    return JsonText.object(
        out -> {
          out.writeStringField("label", label);
          out.writeStringField("started_at", Timestamps.write(startedAt));
        });
  }
}
