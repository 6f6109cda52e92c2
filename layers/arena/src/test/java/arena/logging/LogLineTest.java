package arena.logging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.MDC;
import org.slf4j.event.Level;
import software.amazon.lambda.powertools.logging.argument.StructuredArguments;

/** Log events become lines of JSON with the fields of the thread and of the event. */
class LogLineTest {
  private static String printed(Runnable work) {
    PrintStream console = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      work.run();
    } finally {
      System.setOut(console);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static JsonNode line(Runnable work) throws Exception {
    return Json.read(printed(work));
  }

  private static Logger logger(String levels) {
    return new JsonLoggers(levels).getLogger("arena.Example");
  }

  @AfterEach
  void clearFields() {
    MDC.clear();
  }

  @Test
  void hasTimeLevelMessageLoggerAndFields() throws Exception {
    MDC.put("cold_start", "true");
    MDC.put("service", "arena");
    MDC.put("t", "4");
    MDC.put("function_arn", "omitted");
    JsonNode line =
        line(
            () ->
                logger("")
                    .info(
                        "turn played",
                        StructuredArguments.entry("turns_left", 3),
                        StructuredArguments.entry("behind", false)));
    Instant.parse(line.get("timestamp").textValue());
    assertEquals("INFO", line.get("level").textValue());
    assertEquals("turn played", line.get("message").textValue());
    assertEquals("arena.Example", line.get("logger").textValue());
    assertTrue(line.get("cold_start").booleanValue());
    assertEquals("4", line.get("t").textValue());
    assertEquals(3, line.get("turns_left").intValue());
    assertFalse(line.get("behind").booleanValue());
    assertFalse(line.has("error"));
    assertFalse(line.has("function_arn"));
  }

  @Test
  void hasTheFieldsOfAnEvent() throws Exception {
    JsonNode line =
        line(
            () ->
                logger("")
                    .atError()
                    .addKeyValue("event_type", "MESSAGE")
                    .setCause(new IllegalStateException("no \"quotes\"\n\u0001"))
                    .log("failed to handle {}", "it"));
    assertEquals("failed to handle it", line.get("message").textValue());
    assertEquals("MESSAGE", line.get("event_type").textValue());
    JsonNode error = line.get("error");
    assertEquals("java.lang.IllegalStateException", error.get("name").textValue());
    assertEquals("no \"quotes\"\n\u0001", error.get("message").textValue());
    assertTrue(error.get("stack").textValue().contains("LogLineTest"));
  }

  @Test
  void escapesWhatWouldActOnATerminal() throws Exception {
    String text = "\u001b]0;title\u0007 \u202egnirts\u2028 \u200b \u2069";
    String printed = printed(() -> logger("").atInfo().addKeyValue("label", text).log(text));
    assertEquals(1, printed.lines().count());
    assertTrue(printed.strip().chars().allMatch(c -> c >= ' ' && c <= '~'), printed);
    JsonNode line = Json.read(printed);
    assertEquals(text, line.get("message").textValue());
    assertEquals(text, line.get("label").textValue());
  }

  @Test
  void cutsLongTexts() throws Exception {
    JsonNode line = line(() -> logger("").info("x".repeat(LogLine.MAX_TEXT + 1)));
    assertEquals(LogLine.MAX_TEXT + 1, line.get("message").textValue().length());
    assertTrue(line.get("message").textValue().endsWith("x…"));
  }

  @Test
  void writesMillisecondsAlways() {
    assertEquals("2026-01-31T12:00:00.000Z", LogLine.time(Instant.parse("2026-01-31T12:00:00Z")));
    assertEquals(
        "2026-01-31T12:00:00.123Z", LogLine.time(Instant.parse("2026-01-31T12:00:00.123456Z")));
  }

  @Test
  void omitsLevelsBelowThatOfTheLongestName() {
    for (String levels : List.of("WARN", "INFO,arena=WARN", "DEBUG, arena.Ex = warn")) {
      Logger logger = logger(levels);
      assertEquals("", printed(() -> logger.info("below")), levels);
      assertTrue(printed(() -> logger.warn("not below")).contains("not below"), levels);
    }
    assertEquals("", printed(() -> logger("INFO,arena.Example=OFF").error("off")));
  }

  @Test
  void changesTheLevelOfLoggersThatExist() {
    JsonLoggers loggers = new JsonLoggers("");
    Logger logger = loggers.getLogger("io.example.Server");
    assertTrue(logger.isInfoEnabled());
    loggers.set("io.example", Level.WARN);
    assertFalse(logger.isInfoEnabled());
    assertTrue(loggers.getLogger("io.other").isInfoEnabled());
  }

  @Test
  void aNewThreadHasNoFields() throws Exception {
    MDC.put("run_id", "of the first");
    AtomicReference<String> seen = new AtomicReference<>("unset");
    Thread.ofPlatform().start(() -> seen.set(MDC.get("run_id"))).join();
    assertNull(seen.get());
  }
}
