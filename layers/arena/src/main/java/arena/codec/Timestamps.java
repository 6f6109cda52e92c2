package arena.codec;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Formats and parses UTC timestamps in microseconds: {@code 2026-01-31T12:00:00.123456Z}. */
public final class Timestamps {
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Timestamps() {}

  /** Formats a time, truncated to microseconds. */
  public static String write(Instant time) {
    return MICROS.format(time);
  }

  /**
   * Parses a timestamp.
   *
   * @throws MalformedJson if the text is not a timestamp
   */
  public static Instant read(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new MalformedJson("not a timestamp: " + text, e);
    }
  }
}
