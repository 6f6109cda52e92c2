package arena.codec;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Times as text: UTC with six digits of a second, such as {@code 2026-01-31T12:00:00.123456Z}. */
public final class Timestamps {
  private static final DateTimeFormatter MICROS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private Timestamps() {}

  /** The time as text; what is finer than a microsecond is cut off. */
  public static String write(Instant time) {
    return MICROS.format(time);
  }

  /**
   * Reads a time.
   *
   * @throws MalformedJson if the text is none
   */
  public static Instant read(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new MalformedJson("not a time: " + text, e);
    }
  }
}
