package arena.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The wrapper {@code class-path} of the functions' runtime. */
class ClassPathTest {
  private static final Path WRAPPER = Path.of("src", "main", "layer", "class-path");

  @TempDir private Path opt;

  @BeforeEach
  void layOut() throws IOException {
    Path libraries = Files.createDirectories(opt.resolve("java/lib"));
    Files.createFile(libraries.resolve("a.jar"));
    Files.createFile(libraries.resolve("b 2.jar"));
    Files.createFile(Files.createDirectories(opt.resolve("task/lib")).resolve("z.jar"));
    Files.copy(WRAPPER, opt.resolve("class-path"), StandardCopyOption.COPY_ATTRIBUTES);
  }

  /** Returns the arguments, one a line, with which the wrapper executes a program. */
  private List<String> executed(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(opt.resolve("class-path").toString());
    command.addAll(List.of("/usr/bin/env", "printf", "%s\\n"));
    command.addAll(List.of(arguments));
    ProcessBuilder program = new ProcessBuilder(command);
    program.environment().put("LAMBDA_TASK_ROOT", opt + "/task");
    return Programs.output(program).lines().toList();
  }

  @Test
  void putsTheFunctionBehindTheRuntimesLibraries() throws Exception {
    assertEquals(
        List.of(
            "-Dsome=a  b",
            "-classpath",
            String.join(
                ":",
                "/r/x.jar:/r/y.jar",
                opt + "/task/lib/z.jar",
                opt + "/java/lib/a.jar",
                opt + "/java/lib/b 2.jar",
                opt + "/task"),
            "Main",
            "a.Handler::handle"),
        executed("-Dsome=a  b", "-classpath", "/r/x.jar:/r/y.jar", "Main", "a.Handler::handle"));
  }

  @Test
  void executesAnotherCommandLineAsItIs() throws Exception {
    assertEquals(List.of("-jar", "x.jar", "", "*"), executed("-jar", "x.jar", "", "*"));
  }

  /** Lambda starts no function whose wrapper is not there, or is no program. */
  @Test
  void isTheWrapperThatTheTemplateNames() throws IOException {
    assertTrue(Files.isExecutable(WRAPPER));
    assertTrue(
        Files.readString(Path.of("..", "..", "template.yaml"))
            .contains("AWS_LAMBDA_EXEC_WRAPPER: /opt/" + WRAPPER.getFileName() + " "));
  }
}
