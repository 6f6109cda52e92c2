package arena.comparison;

import arena.catalog.InvalidCursor;
import arena.codec.MalformedJson;
import arena.codec.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A cursor of a list of comparisons: the position of a page's last row. Serialized as opaque text;
 * other text is rejected.
 *
 * @param kind the kind that is listed
 * @param createdAt when the last row's comparison was created
 */
public record ComparisonCursor(ComparisonKind kind, Instant createdAt, ComparisonId id) {
  private static final int MAX_TEXT = 200;
  private static final Pattern SHAPE = Pattern.compile("([a-z]+)/([^/]+)/([0-9a-f]{32})");

  /** Serializes the cursor as URL-safe text. */
  public String write() {
    String plain = kind.label() + "/" + Timestamps.write(createdAt) + "/" + id;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Parses a cursor of a list.
   *
   * @throws InvalidCursor if the text is not a cursor of this list
   */
  public static ComparisonCursor read(ComparisonKind kind, String text) {
    if (text.length() > MAX_TEXT) {
      throw new InvalidCursor();
    }
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
      Matcher parts = SHAPE.matcher(plain);
      if (!parts.matches() || !parts.group(1).equals(kind.label())) {
        throw new InvalidCursor();
      }
      var cursor =
          new ComparisonCursor(
              kind, Timestamps.read(parts.group(2)), ComparisonId.of(parts.group(3)));
      if (!cursor.write().equals(text)) { // rejects non-canonical text
        throw new InvalidCursor();
      }
      return cursor;
    } catch (IllegalArgumentException | MalformedJson e) {
      throw new InvalidCursor();
    }
  }
}
