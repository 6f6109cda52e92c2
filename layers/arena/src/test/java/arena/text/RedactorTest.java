package arena.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.ArenaArbitraries;
import arena.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Redacts secrets and nothing else. */
class RedactorTest {
  private final Redactor redactor = new Redactor(List.of("open-sesame-1", "x"));

  @Test
  void findsFormatsAfterAnEscapeOfJson() {
    for (String secret : List.of("sk-0123456789abcdef", "AKIA0123456789ABCDEF")) {
      for (String escape : List.of("\\n", "\\t", "\\u0000", "\\\\n")) {
        String line = "{\"message\":\"denied:" + escape + secret + "\"}";
        assertFalse(Redactor.OF_FORMATS.redact(line).contains(secret), line);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sk-proj-abcdefgh12345678",
        "AKIAIOSFODNN7EXAMPLE",
        "Bearer abcdefgh.12345678",
        "password=hunter2hunter2",
        "\\\"api_key\\\":\\\"hunter2hunter2\\\"",
        "\"aws_secret_access_key\": \"hunter2hunter2\"",
        "https://h/x?X-Amz-Signature=hunter2hunter2&y=1",
        "redis://user:hunter2hunter2@cache:6379",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.abcdefgh",
        "open-sesame-1"
      })
  void redactsTextThatLooksLikeASecret(String text) {
    String clean = redactor.redact("before " + text + " after");
    for (String secret : List.of("hunter2", "abcdefgh", "IOSFODNN7", "eyJhbGciOi", "open-sesame")) {
      assertFalse(clean.contains(secret), clean);
    }
    assertTrue(clean.startsWith("before ") && clean.endsWith(" after"), clean);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"run_id\":\"0123456789abcdef0123456789abcdef\",\"seq\":17,\"kind\":\"llm_prompt\"}",
        "REDISCLI_AUTH=\"$REDIS_PASSWORD\" redis-cli XLEN arena:run:1:events",
        "curl -s 'http://localhost:8000/runs?limit=100'",
        "total_cost_usd=0.25 basic strategy"
      })
  void keepsTextThatIsNotASecret(String text) {
    assertEquals(text, redactor.redact(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"k", "max", "ollama", "none", "local-llama"})
  void ignoresKnownSecretsThatAreTooShort(String key) {
    String text = "the key of a local model, max ollama none local-llama";
    assertEquals(text, new Redactor(List.of(key)).redact(text));
  }

  /** The encodings in which a secret is repeated, by name. */
  static Map<String, UnaryOperator<String>> encodings() {
    Map<String, UnaryOperator<String>> encodings = new LinkedHashMap<>();
    encodings.put("plain", secret -> secret);
    encodings.put("upper case", secret -> secret.toUpperCase(Locale.ROOT));
    encodings.put("lower case", secret -> secret.toLowerCase(Locale.ROOT));
    encodings.put("percent", secret -> URLEncoder.encode(secret, StandardCharsets.UTF_8));
    encodings.put("percent, every character", RedactorTest::percent);
    encodings.put("percent, twice", secret -> percent(percent(secret)));
    encodings.put("base64", secret -> base64(secret));
    encodings.put("base64, second alignment", secret -> base64("u" + secret));
    encodings.put("base64, third alignment", secret -> base64("u:" + secret + "!"));
    encodings.put("base64, percent", secret -> percent(base64(secret)));
    encodings.put(
        "hex", secret -> HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8)));
    encodings.put("JSON", secret -> quoted(secret));
    encodings.put("JSON in JSON", secret -> quoted(quoted(secret)));
    encodings.put("JSON, every character", RedactorTest::escaped);
    encodings.put("split by a line break", secret -> split(secret, "\n"));
    encodings.put("split by an escaped line break", secret -> split(secret, "\\n"));
    encodings.put("split by spaces", secret -> String.join(" ", secret.split("")));
    encodings.put("split by a zero-width space", secret -> split(secret, "\u200b"));
    return encodings;
  }

  private static String percent(String secret) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : secret.getBytes(StandardCharsets.UTF_8)) {
      encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
    }
    return encoded.toString();
  }

  private static String escaped(String secret) {
    StringBuilder encoded = new StringBuilder();
    secret.chars().forEach(c -> encoded.append("\\u").append(HexFormat.of().toHexDigits((char) c)));
    return encoded.toString();
  }

  private static String base64(String secret) {
    return Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8));
  }

  private static String split(String secret, String gap) {
    return secret.substring(0, secret.length() / 2) + gap + secret.substring(secret.length() / 2);
  }

  @Property(tries = 100, shrinking = ShrinkingMode.OFF)
  void findsASecretInEveryEncoding(
      @ForAll("keys") String key, @ForAll("words") String before, @ForAll("words") String after) {
    Redactor keyOnly = new Redactor(List.of(key));
    encodings()
        .forEach(
            (name, encode) -> {
              String text = before + " (" + encode.apply(key) + ") " + after;
              String clean = keyOnly.redactKnown(text);
              assertTrue(
                  clean.startsWith(before + " ("), () -> name + ": " + text + " -> " + clean);
              assertTrue(clean.endsWith(") " + after), () -> name + ": " + text + " -> " + clean);
              assertTrue(
                  clean.length() <= before.length() + after.length() + 5 + REDACTED + 8,
                  () -> name + ": " + text + " -> " + clean);
            });
  }

  /** The length of {@code [redacted]}. */
  private static final int REDACTED = 10;

  @Provide
  static Arbitrary<String> keys() {
    return Arbitraries.strings()
        .withCharRange('!', '~')
        .ofMinLength(Redactor.MIN_SECRET)
        .ofMaxLength(80)
        // a key of quotes or percent signs has no other form once it is decoded
        .filter(key -> key.chars().filter(Character::isLetterOrDigit).distinct().count() >= 8)
        .filter(key -> !key.contains("%") && !key.contains("\\"));
  }

  @Provide
  static Arbitrary<String> words() {
    return Arbitraries.of("", "the key is", "Zeichen: \u00e9", "{\"a\": 1}", "100 %");
  }

  @Test
  void findsASecretThatWasCutOff() {
    Redactor known = new Redactor(List.of("abcdefghijklmnopqrst"));
    assertEquals("x [redacted]", known.redactKnown("x abcdefghijklm"));
    assertEquals("x [redacted]…\n[cut]", known.redactKnown("x abcdefghijklm…\n[cut]"));
    assertEquals("x abcdefg", known.redactKnown("x abcdefg"));
  }

  @Test
  void redactsAKeyInQuotes() {
    assertEquals(
        "Incorrect API key provided: \"[redacted]\". See the page.",
        redactor.redact("Incorrect API key provided: \"abc\". See the page."));
  }

  @Property(tries = 300)
  void leavesJsonAsJson(@ForAll("hostile") String text) throws Exception {
    JsonNode json = Json.object().put("label", text).set("list", Json.array().add(text));
    JsonNode clean = redactor.redact(json, name -> name.equals("list"));
    assertEquals(clean, Json.read(clean.toString()));
    assertEquals(json.get("list"), clean.get("list"));
  }

  @Provide
  static Arbitrary<String> hostile() {
    return Arbitraries.oneOf(
        units().map(parts -> String.join("", parts)), ArenaArbitraries.wellFormedText());
  }

  private static Arbitrary<List<String>> units() {
    return Arbitraries.of(
            "eyJ",
            "abcdefgh",
            ".",
            "-",
            "_",
            "sk-",
            "bearer",
            " ",
            "key provided: ",
            "://",
            ":",
            "@",
            "/",
            "password",
            "api_key",
            "=",
            "\"",
            "\\",
            "AKIA",
            "X-Amz-Signature=",
            "authorization",
            "basic ",
            "%",
            "%25",
            "\\u",
            "…",
            "open-sesame",
            "A")
        .list()
        .ofMinSize(1)
        .ofMaxSize(4);
  }

  /** Counts the characters that a pattern looks at. */
  private static final class Counted implements CharSequence {
    private final String text;
    private long steps;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      steps++;
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }

  @Property(tries = 200)
  void looksAtEachCharacterABoundedNumberOfTimes(@ForAll("repeated") List<String> units) {
    String unit = String.join("", units);
    String text = unit.repeat(20_000 / unit.length());
    for (Pattern format : Redactor.FORMATS) {
      Counted counted = new Counted(text);
      Matcher matcher = format.matcher(counted);
      while (matcher.find()) {
        assertTrue(matcher.end() > matcher.start());
      }
      assertTrue(
          counted.steps < 1_500L * text.length(),
          () -> format + " looked " + counted.steps + " times at " + unit);
    }
  }

  @Provide
  static Arbitrary<List<String>> repeated() {
    return units();
  }

  /** A pattern that may start at every eyJ took 44 s for a text of this kind. */
  @Property(tries = 200)
  void looksAtWebTokensABoundedNumberOfTimes(@ForAll("tokens") List<String> units) {
    String unit = String.join("", units);
    Counted counted = new Counted(unit.repeat(20_000 / unit.length()));
    JsonWebTokens.redact(counted);
    assertTrue(
        counted.steps < 20L * counted.length(),
        () -> "looked " + counted.steps + " times at " + unit);
  }

  @Provide
  static Arbitrary<List<String>> tokens() {
    return Arbitraries.of("eyJ", "eyJabcdefgh", "abcdefgh", "-", ".", " ")
        .list()
        .ofMinSize(1)
        .ofMaxSize(5);
  }

  private static String quoted(String text) {
    return Json.write(TextNode.valueOf(text));
  }
}
