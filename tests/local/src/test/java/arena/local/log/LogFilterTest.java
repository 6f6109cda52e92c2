package arena.local.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.log.LogFilter.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFilterTest {
  private static final String METRICS =
      "{\"_aws\":{\"Timestamp\":1767225600000,\"CloudWatchMetrics\":[]},\"errors\":1}";

  @TempDir Path folder;

  private static String line(String level) {
    return "{\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"level\":\"%s\",\"message\":\"x\"}"
        .formatted(level);
  }

  private static String report(String status) {
    return "{\"time\":\"2026-01-01T00:00:00Z\",\"type\":\"platform.report\",\"record\":{\"status\":\"%s\"}}"
        .formatted(status);
  }

  @Test
  void forwardsLinesFromTheLevelUp() {
    LogFilter filter = new LogFilter(Level.WARN, Level.INFO);
    assertFalse(filter.forwards(line("INFO")));
    assertTrue(filter.forwards(line("WARN")));
    assertTrue(filter.forwards(line("error")));
    assertFalse(LogFilter.DEFAULT.forwards(line("DEBUG")));
    assertTrue(new LogFilter(Level.DEBUG, Level.INFO).forwards(line("DEBUG")));
  }

  @Test
  void takesLinesWithoutAValidLevelForInfo() {
    LogFilter warn = new LogFilter(Level.WARN, Level.WARN);
    for (String text :
        List.of(
            METRICS,
            "WARNING: not JSON",
            "{not JSON",
            line("LOUD"),
            "{\"level\":\"ERROR\",\"message\":\"without a timestamp\"}")) {
      assertTrue(LogFilter.DEFAULT.forwards(text), text);
      assertFalse(warn.forwards(text), text);
    }
  }

  @Test
  void filtersTheLinesOfLambdaByTheirStatus() {
    LogFilter warn = new LogFilter(Level.INFO, Level.WARN);
    assertFalse(warn.forwards(report("success")));
    assertTrue(warn.forwards(report("timeout")));
    assertTrue(LogFilter.DEFAULT.forwards(report("success")));
  }

  @Test
  void keepsDiscardedLinesOutOfTheLog() throws Exception {
    Path path = folder.resolve("function.log");
    try (LogFile log = new LogFile(path, new LogFilter(Level.WARN, Level.WARN))) {
      log.line(line("INFO"));
      log.line(line("WARN"));
      byte[] two = (line("INFO") + "\n" + line("ERROR") + "\n").getBytes(StandardCharsets.UTF_8);
      log.write(two, 0, two.length);
    }
    assertEquals(List.of(line("WARN"), line("ERROR")), Files.readAllLines(path));
  }
}
