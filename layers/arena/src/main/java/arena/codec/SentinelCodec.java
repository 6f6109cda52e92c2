package arena.codec;

import java.time.Instant;

/** Serializes the value of a run's sentinel key in the broker. */
public final class SentinelCodec {
  private SentinelCodec() {}

  /** For example {@code {"label":"demo","started_at":"2026-01-31T12:00:00.123456Z"}}. */
  public static String write(String label, Instant startedAt) {
    return JsonText.object(
        out -> {
          out.writeStringField("label", label);
          out.writeStringField("started_at", Timestamps.write(startedAt));
        });
  }
}
