package arena.catalog;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.codec.Timestamps;
import arena.run.RunId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

class ListCursorTest {
  private static final Instant NOON = Instant.parse("2026-01-31T12:00:00.123456Z");

  private static ListCursor cursor(int second) {
    return new ListCursor(
        "listed", Timestamps.write(NOON.plusSeconds(second)), RunId.of(UUID.randomUUID()));
  }

  @Property
  void comesBackAndFitsAUrl(@ForAll @IntRange(min = 0) int second) {
    ListCursor cursor = cursor(second);
    String text = cursor.write();
    assertEquals(cursor, ListCursor.read("listed", text));
    assertEquals(text, text.replaceAll("[^A-Za-z0-9_-]", ""));
    assertThrows(InvalidCursor.class, () -> ListCursor.read("archived", text));
  }

  @Property
  void anyOtherTextIsRefused(@ForAll @StringLength(max = 250) String text) {
    assertThrows(InvalidCursor.class, () -> ListCursor.read("listed", text));
    String encoded =
        Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString(("listed/" + text).getBytes(StandardCharsets.UTF_8));
    assertThrows(InvalidCursor.class, () -> ListCursor.read("listed", encoded));
  }

  @Property
  void rejectsAModifiedCursorOrReadsAnotherPosition(
      @ForAll @IntRange(min = 0, max = 200) int at, @ForAll char other) {
    String text = cursor(1).write();
    int index = at % text.length();
    String changed = text.substring(0, index) + other + text.substring(index + 1);
    try {
      assertEquals(changed, ListCursor.read("listed", changed).write());
    } catch (InvalidCursor e) {
      // as it should be
    }
  }
}
