package arena.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Errors are found by exception and by code, and labels are unique. */
class ErrorKindTest {
  private static final Path SOURCES = Path.of("src", "main", "java", "arena");

  @Test
  void everyModelExceptionHasAnError() throws IOException {
    List<String> names;
    try (Stream<Path> files = Files.walk(SOURCES)) {
      names =
          files
              .map(file -> file.getFileName().toString().replaceFirst("\\.java$", ""))
              .filter(name -> name.matches("Model[A-Z]\\w+(ed|edOut|able)"))
              .toList();
    }
    assertTrue(names.size() >= 6, names.toString());
    for (String name : names) {
      assertNotEquals(ErrorKind.OTHER, ErrorKind.of("arena.somewhere." + name), name);
      assertEquals(name, ErrorKind.of(name).code());
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyDependencyHasAnError(Dependency dependency) {
    DependencyUnavailable thrown = dependency.unavailable("no answer: 17 s", null);

    ErrorKind error = ErrorKind.of(thrown);
    assertEquals(dependency.errorKind(), error);
    assertEquals(error, ErrorKind.of(error.code()));
    assertTrue(error.code().endsWith("Unavailable"), error.code());
    assertEquals(error.code() + ": no answer: 17 s", thrown.getMessage());
    String name = thrown.getClass().getName();
    assertEquals(error.code(), ErrorKind.codeOf(name, thrown.getMessage()));
    assertEquals(thrown.reason(), ErrorKind.reasonOf(name, thrown.getMessage()));
    assertTrue(error.retryable());
  }

  @Test
  void readsTheCodeOfAnExceptionFromItsName() {
    String name = "arena.agent.ModelRefused";
    assertEquals("ModelRefused", ErrorKind.codeOf(name, "no: never"));
    assertEquals("no: never", ErrorKind.reasonOf(name, "no: never"));
    assertEquals("Timeout", ErrorKind.codeOf("States.Timeout", ""));
    String unavailable = DependencyUnavailable.class.getName();
    assertEquals("DependencyUnavailable", ErrorKind.codeOf(unavailable, "cut"));
  }

  @Test
  void labelsAreConstantNamesExceptForRequests() {
    for (ErrorKind error : ErrorKind.values()) {
      String label =
          error.scope() == ErrorKind.Scope.REQUEST
              ? "other"
              : error.name().toLowerCase(Locale.ROOT);
      assertEquals(label, error.label());
    }
    assertEquals("not_started", ErrorKind.of("NotStarted").label());
    assertEquals("notifier_unavailable", Dependency.FAN_OUT.errorKind().label());
  }

  @Test
  void mapsOtherExceptionsToOneCause() {
    assertEquals(ErrorKind.OTHER, ErrorKind.of(new IllegalStateException("x")));
    assertEquals(ErrorKind.OTHER, ErrorKind.of(""));
    assertEquals(ErrorKind.OTHER, ErrorKind.of("run 17"));
    assertEquals(ErrorKind.TIMED_OUT, ErrorKind.of("States.Timeout"));
    assertEquals(ErrorKind.TIMED_OUT, ErrorKind.of("Sandbox.Timedout"));
    assertEquals(ErrorKind.ABANDONED, ErrorKind.of("Abandoned"));
  }
}
