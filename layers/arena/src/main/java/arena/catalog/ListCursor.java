package arena.catalog;

import arena.codec.MalformedJson;
import arena.codec.Timestamps;
import arena.run.RunId;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Where a page of a list ended: its last row's place in the list's index. As text it is opaque, and
 * one that no page gave out is refused.
 *
 * @param index the list
 * @param createdAt when that row's run was asked for, as the row has it
 * @param runId that run
 */
record ListCursor(String index, String createdAt, String runId) {
  private static final int MAX_TEXT = 200;
  private static final Pattern SHAPE = Pattern.compile("([a-z]+)/([^/]+)/([^/]+)");

  /** The cursor as text that a URL can hold. */
  String write() {
    String plain = index + "/" + createdAt + "/" + runId;
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.getBytes(StandardCharsets.US_ASCII));
  }

  /**
   * Reads a cursor of this list.
   *
   * @throws InvalidCursor if it is none
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
      var cursor = new ListCursor(parts.group(1), parts.group(2), parts.group(3));
      boolean ours =
          cursor.index.equals(index)
              && RunId.isValid(cursor.runId)
              && Timestamps.write(Timestamps.read(cursor.createdAt)).equals(cursor.createdAt)
              && cursor.write().equals(text); // Base64 can say one thing in several ways
      if (!ours) {
        throw new InvalidCursor();
      }
      return cursor;
    } catch (IllegalArgumentException | MalformedJson e) {
      throw new InvalidCursor();
    }
  }

  /** The place of this row. */
  static ListCursor at(String index, Map<String, AttributeValue> key) {
    return new ListCursor(index, key.get(RunItem.CREATED_AT).s(), key.get(RunItem.RUN_ID).s());
  }

  /** The key of the index to start after. */
  Map<String, AttributeValue> key() {
    return Map.of(
        index,
        RunItem.IN,
        RunItem.CREATED_AT,
        AttributeValue.fromS(createdAt),
        RunItem.RUN_ID,
        AttributeValue.fromS(runId));
  }
}
