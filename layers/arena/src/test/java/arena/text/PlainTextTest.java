package arena.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.ArenaArbitraries;
import arena.json.Json;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which characters text may have, and how it is cleaned. */
class PlainTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "basic strategy",
        "é—→ 漢字 한국어 Ελληνικά",
        "👩‍🚀 👩🏽‍🚀 ❤️ ❤️‍🔥 🏳️‍🌈 1️⃣ ⚔️ ☺︎", // joiners and selectors within emoji
        "می‌خواهم", // Persian: a non-joiner between letters
        "क्‍ष ക്‍ക ශ්‍රී", // Indic: a joiner after a virama
        "葛󠄀" // a variant of an ideograph
      })
  void keepsWriting(String text) {
    assertTrue(PlainText.isPlain(text), text);
    assertEquals(text, PlainText.line(text));
    assertEquals(text, PlainText.escaped(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\u0000b",
        "a\u001b]52;c;Y3VybA==\u0007b",
        "a\u007fb",
        "a\u009b8mb",
        "a\u202eb", // right-to-left override
        "a\u2066b\u2069",
        "a\u200eb",
        "a\u061cb",
        "cu\u200brl", // zero-width space
        "cu\u200drl", // a joiner that joins nothing
        "cu\u200crl",
        "\u200dab",
        "ab\u200d",
        "م\u200c",
        "م\u200da",
        "a\u00adb",
        "a\u2060b",
        "a\ufeffb",
        "a\ufe0fb", // a selector that selects nothing
        "1\ufe0f",
        "❤\ufe0f\ufe0f",
        "a\udb40\udd01b",
        "a\udb40\udc41b", // a tag
        "a\u115fb\u3164",
        "a\u034fb",
        "a\ud800b"
      })
  void replacesWhatChangesOrHidesText(String text) {
    assertFalse(PlainText.isPlain(text));
    String line = PlainText.line(text);
    assertTrue(line.indexOf(PlainText.REPLACEMENT) >= 0, line);
    assertEquals(line, PlainText.line(line));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\nb",
        "a\r\nb",
        "a\u2028b",
        "a\u2029b",
        "a\u0085b",
        "a\u000bb",
        "a     b",
        "a\u00a0\u3000b"
      })
  void putsTextOnOneLine(String text) {
    assertEquals("a b", PlainText.line(text));
  }

  @Test
  void leavesNoFormatOrControlCharacterAnywhere() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      int type = Character.getType(c);
      if (type == Character.FORMAT || type == Character.CONTROL || type == Character.SURROGATE) {
        String text = "a" + Character.toString(c) + "b";
        assertFalse(PlainText.isPlain(text), Integer.toHexString(c));
        assertTrue(PlainText.line(text).indexOf(c) < 0, Integer.toHexString(c));
        assertTrue(PlainText.clean(text).indexOf(c) < 0, Integer.toHexString(c));
      }
    }
  }

  @Provide
  static Arbitrary<String> hostileText() {
    Arbitrary<String> units =
        Arbitraries.of(
            "\u200d",
            "\u200c",
            "\ufe0f",
            "\ufe0e",
            "👩",
            "🏽",
            "❤",
            "م",
            "क",
            "्",
            "a",
            "1",
            "\u20e3",
            "\u202e",
            "\u001b[8m",
            "\n",
            " ",
            "\u2028",
            "\u009b",
            "\ud83d",
            "\udb40\udc41",
            "\udb40\udd01",
            "葛");
    return Arbitraries.oneOf(
        units.list().ofMaxSize(12).map(parts -> String.join("", parts)), ArenaArbitraries.text());
  }

  @Property
  void aLineIsPlainAndStaysAsItIs(@ForAll("hostileText") String text) {
    String line = PlainText.line(text);
    assertTrue(line.lines().count() <= 1);
    assertTrue(PlainText.isPlain(line.replace("\ufffd", "")) || line.contains("\ufffd"), line);
    assertEquals(line, PlainText.line(line));
    List<Integer> left = new ArrayList<>();
    line.codePoints()
        .filter(c -> Character.getType(c) == Character.FORMAT || Character.isISOControl(c))
        .filter(c -> c != 0x200C && c != 0x200D)
        .forEach(left::add);
    assertEquals(List.of(), left);
  }

  @Property
  void escapedJsonIsPlainAndHasTheSameValue(@ForAll("hostileText") String text)
      throws JsonProcessingException {
    String json = Json.write(TextNode.valueOf(text));
    String escaped = PlainText.escaped(json);
    assertEquals(escaped, PlainText.clean(escaped));
    assertEquals(Json.read(json), Json.read(escaped));
  }

  @Test
  void composesLetters() {
    assertEquals("caf\u00e9", PlainText.composed("cafe\u0301"));
    assertEquals("\uac00", PlainText.composed("\u1100\u1161"));
    assertEquals("plain text", PlainText.composed("plain text"));
  }
}
