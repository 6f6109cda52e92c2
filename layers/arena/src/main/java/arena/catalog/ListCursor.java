package arena.catalog;

import arena.codec.MalformedJson;
import arena.codec.Timestamps;
import arena.dynamo.Attributes;
import arena.run.RunId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * A list cursor: the index key of a page's last row. Serialized as opaque text; other text is
 * rejected.
 *
 * @param index the list's index
 * @param createdAt creation time of the last row's run
 * @param runId id of the last row's run
 */
record ListCursor(String index, String createdAt, RunId runId) {
  private static final int MAX_TEXT = 200;
  private static final Pattern SHAPE = Pattern.compile("([a-z]+)/([^/]+)/([^/]+)");

  /** Serializes the cursor as URL-safe text. */
  String write() {
    String plain = index + "/" + createdAt + "/" + runId;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Parses a cursor of an index.
   *
   * @throws InvalidCursor if the text is not a cursor of this index
   */
  static ListCursor read(String index, String text) {
    if (text.length() > MAX_TEXT) {
      throw new InvalidCursor();
    }
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.US_ASCII);
      Matcher parts = SHAPE.matcher(plain);
      if (!parts.matches()) {
        throw new InvalidCursor();
      }
      var cursor = new ListCursor(parts.group(1), parts.group(2), RunId.of(parts.group(3)));
      boolean valid =
          cursor.index.equals(index)
              && Timestamps.write(Timestamps.read(cursor.createdAt)).equals(cursor.createdAt)
              && cursor.write().equals(text); // rejects non-canonical Base64
      if (!valid) {
        throw new InvalidCursor();
      }
      return cursor;
    } catch (IllegalArgumentException | MalformedJson e) {
      throw new InvalidCursor();
    }
  }

  /** Creates the cursor of a row. */
  static ListCursor at(String index, Map<String, AttributeValue> key) {
    return new ListCursor(index, Attributes.text(key, RunItem.CREATED_AT), RunItem.runId(key));
  }

  /**
   * The exclusive start key of the next page.
   *
   * @param partition the value of the index's key
   */
  Map<String, AttributeValue> key(AttributeValue partition) {
    return Map.of(
        index,
        partition,
        RunItem.CREATED_AT,
        AttributeValue.fromS(createdAt),
        RunItem.RUN_ID,
        AttributeValue.fromS(runId.value()));
  }
}
