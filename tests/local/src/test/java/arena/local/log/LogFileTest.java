package arena.local.log;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

final class LogFileTest {
  @TempDir Path folder;

  @Test
  void keepsCompleteNewestLinesWithinTheLimit() throws Exception {
    Path path = folder.resolve("function.log");
    try (LogFile log = new LogFile(path, 1_000)) {
      for (int i = 0; i < 1_000; i++) {
        log.line("line " + i);
      }
    }
    List<String> kept = new ArrayList<>();
    long bytes = 0;
    for (String name : List.of("function.log.2", "function.log.1", "function.log")) {
      kept.addAll(Files.readAllLines(folder.resolve(name)));
      bytes += Files.size(folder.resolve(name));
    }
    assertTrue(bytes < 3 * 1_100, bytes + " bytes");
    for (int i = 0; i < kept.size(); i++) {
      assertEquals("line " + (1_000 - kept.size() + i), kept.get(i));
    }
    try (var files = Files.list(folder)) {
      assertEquals(3, files.count());
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void dropsLinesThatAFullDiskRefuses() {
    try (LogFile log = new LogFile(Path.of("/dev/full"))) {
      assertDoesNotThrow(() -> log.line("refused"));
    }
  }

  @Test
  void appendsToAnExistingFile() throws Exception {
    Path path = folder.resolve("function.log");
    for (int start = 0; start < 2; start++) {
      try (LogFile log = new LogFile(path)) {
        log.line("start " + start);
      }
    }
    assertEquals(List.of("start 0", "start 1"), Files.readAllLines(path));
  }
}
