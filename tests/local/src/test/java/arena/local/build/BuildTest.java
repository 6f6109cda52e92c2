package arena.local.build;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildTest {
  private static final String LAYER = "layers/arena/src/main/java/p/";
  private static final String FUNCTION = "functions/greet/src/main/java/f/";

  @TempDir Path root;

  @BeforeEach
  void project() throws IOException {
    for (String module : List.of("layers/arena", "tests/local", "tests")) {
      write(module + "/target/classpath.txt", "none.jar");
    }
    write(
        LAYER + "Words.java", "package p; public class Words { static String a() { return x(); }");
    append(LAYER + "Words.java", "private static String x() { return \"hello\"; } }");
    write(LAYER + "Greeting.java", "package p; public class Greeting {");
    append(LAYER + "Greeting.java", "public static String of() { return Words.a(); } }");
    write(FUNCTION + "Greet.java", "package f; class Greet { String s = p.Greeting.of(); }");
    write("tests/local/src/main/java/l/Local.java", "package l; class Local {}");
    write("layers/arena/src/main/resources/text.txt", "one");
  }

  @Test
  void compilesOnlyWhatChanged() throws Exception {
    assertEquals(List.of("layers/arena 2", "functions 1", "tests/local 1"), build());
    assertTrue(Files.exists(root.resolve("functions/target/greet.jar")));
    assertEquals(List.of(), build());

    write(
        LAYER + "Words.java", "package p; public class Words { static String a() { return x(); }");
    append(LAYER + "Words.java", "private static String x() { return \"changed\"; } }");
    assertEquals(List.of("layers/arena 1"), build());

    write("layers/arena/src/main/resources/text.txt", "another");
    assertEquals(List.of("layers/arena 0"), build());
    assertEquals("another", Files.readString(root.resolve("layers/arena/target/classes/text.txt")));
  }

  @Test
  void compilesUsersOfAChangedInterface() throws Exception {
    build();
    write(LAYER + "Greeting.java", "package p; public class Greeting {");
    append(LAYER + "Greeting.java", "public static Object of() { return Words.a(); } }");
    CompileFailed failed = assertThrows(CompileFailed.class, this::build);
    assertTrue(failed.getMessage().contains("Greet.java"), failed.getMessage());

    write(FUNCTION + "Greet.java", "package f; class Greet { Object s = p.Greeting.of(); }");
    assertEquals(List.of("functions 1"), build().stream().filter(l -> !l.startsWith("t")).toList());
  }

  @Test
  void keepsClassesWhenSourcesDoNotCompile() throws Exception {
    build();
    write(LAYER + "Words.java", "package p; public class Words { int a = \"\"; }");
    assertThrows(CompileFailed.class, this::build);
    assertTrue(Files.exists(root.resolve("layers/arena/target/classes/p/Words.class")));
    assertThrows(CompileFailed.class, this::build);
  }

  @Test
  void deletesTheClassesOfADeletedSource() throws Exception {
    write(LAYER + "Unused.java", "package p; class Unused {}");
    build();
    Files.delete(root.resolve(LAYER + "Unused.java"));
    build();
    assertFalse(Files.exists(root.resolve("layers/arena/target/classes/p/Unused.class")));
  }

  @Test
  void leavesWhatAnotherBuildCompiled() throws Exception {
    build();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path state : files.filter(file -> file.toString().endsWith(".state")).toList()) {
        Files.delete(state);
      }
    }
    Build.of(root).adopt();
    assertEquals(List.of(), build());
  }

  /** Name and number of sources of each module that was compiled. */
  private List<String> build() throws IOException, CompileFailed {
    return Build.of(root).run("stack").stream()
        .map(line -> line.replaceFirst(": (\\d+) .*", " $1"))
        .toList();
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void append(String file, String text) throws IOException {
    Files.writeString(
        root.resolve(file), Files.readString(root.resolve(file)) + System.lineSeparator() + text);
  }
}
