package arena.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every exception that operators must distinguish has its own cause. */
class ErrorCauseTest {
  private static final Path SOURCES = Path.of("src", "main", "java", "arena");

  @Test
  void everyStoreAndModelExceptionHasACause() throws IOException {
    List<String> names;
    try (Stream<Path> files = Files.walk(SOURCES)) {
      names =
          files
              .map(file -> file.getFileName().toString().replaceFirst("\\.java$", ""))
              .filter(name -> name.matches("Model[A-Z]\\w+ed|\\w+Unavailable|ModelUnreachable"))
              .toList();
    }
    assertTrue(names.size() >= 12, names.toString());
    for (String name : names) {
      assertNotEquals(ErrorCause.OTHER, ErrorCause.of("arena.somewhere." + name), name);
    }
  }

  @Test
  void mapsOtherExceptionsToOneCause() {
    assertEquals(ErrorCause.OTHER, ErrorCause.of(new IllegalStateException("x")));
    assertEquals(ErrorCause.OTHER, ErrorCause.of(""));
    assertEquals(ErrorCause.OTHER, ErrorCause.of("run 17"));
    assertEquals(ErrorCause.TIMED_OUT, ErrorCause.of("States.Timeout"));
    assertEquals(ErrorCause.TIMED_OUT, ErrorCause.of("Sandbox.Timedout"));
    assertEquals(ErrorCause.ABANDONED, ErrorCause.of("Abandoned"));
  }
}
